// Stream, a connected socket (TCP or UNIX) with backpressure: received bytes as they come, and
// sends that are whole; through TLS where start_tls() was called.
#pragma once

#include <chrono>
#include <coroutine>
#include <memory>
#include <string_view>
#include <vector>

#include "io/cancel.h"
#include "io/ring.h"
#include "io/shard.h"
#include "io/task.h"
#include "io/timer.h"

namespace sluice::crypto {
class TlsSession;
}

namespace sluice::io {

class TlsBuffers;
class TlsLayer;

/// Told when the peer leaves while nobody receives.
class PeerWatcher {
public:
    virtual ~PeerWatcher() = default;
    /// error.code is 0 where the peer ended its direction (FIN), which it may have done before it
    /// reads on or because it is gone; else what broke the connection. The second may follow the
    /// first.
    virtual void on_peer_ended(Error error) = 0;
};

/// Owns a descriptor. One receiver and one sender at a time. End it with `co_await close()`; a
/// Stream dropped with an operation in flight fails its CHECK.
class Stream : BufferHolder {
public:
    /// Takes over `fd`, a connected socket of the shard's ring.
    Stream(Shard& shard, int fd);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() override;

    Shard& shard() { return shard_; }

    /// From now on everything goes through `session`: receive() gives plaintext, send() takes it
    /// and waits for the handshake, end_sending() says close_notify, and an end of the connection
    /// that the peer did not announce so is ECONNRESET. Before anything was sent or received.
    /// `buffers` outlives the stream. The handshake goes on while somebody receives, sends or
    /// awaits it.
    void start_tls(std::unique_ptr<crypto::TlsSession> session, TlsBuffers& buffers);
    /// Null where start_tls() was not called. What it agreed on, or why it failed.
    const crypto::TlsSession* tls() const;
    /// After tls()->looks_like_http(): back to bytes as they are. What came so far is thrown away.
    void leave_tls();

    /// co_await stream.handshake(scope): TLS is established. Errors: EPROTO where the handshake
    /// failed, and tls()->error() tells why; those of receive().
    class [[nodiscard]] Handshake final : Cancellable {
    public:
        Handshake(Stream& stream, CancelScope* scope) : stream_(stream), scope_(scope) {}
        bool await_ready() const;
        void await_suspend(std::coroutine_handle<> awaiting);
        Result<void> await_resume();

    private:
        friend Stream;
        void on_cancel() override;

        Stream& stream_;
        CancelScope* scope_;
        std::coroutine_handle<> awaiting_;
    };
    Handshake handshake(CancelScope* scope = nullptr) { return {*this, scope}; }

    /// co_await stream.receive(scope): the next bytes, in order; empty at the end of the stream
    /// (and then for good). Errors: the socket's, or the scope's reason once it was cancelled.
    class [[nodiscard]] Receive final : Cancellable {
    public:
        Receive(Stream& stream, CancelScope* scope) : stream_(stream), scope_(scope) {}
        bool await_ready() const;
        void await_suspend(std::coroutine_handle<> awaiting);
        Result<ReceivedBuffer> await_resume();

    private:
        friend Stream;
        void on_cancel() override;

        Stream& stream_;
        CancelScope* scope_;
        std::coroutine_handle<> awaiting_;
        Error cancelled_{};
    };
    Receive receive(CancelScope* scope = nullptr) { return {*this, scope}; }

    /// co_await stream.send(bytes, scope): all of them are with the kernel. `bytes` must live as
    /// long as the wait. After an error an unknown part was sent: only close() makes sense.
    class [[nodiscard]] Send final : Operation, Cancellable {
    public:
        Send(Stream& stream, std::string_view bytes, CancelScope* scope)
            : stream_(stream), bytes_(bytes), scope_(scope) {}
        bool await_ready() const { return bytes_.empty(); }
        void await_suspend(std::coroutine_handle<> awaiting);
        Result<void> await_resume();

    private:
        friend TlsLayer;
        void on_completion(Completion completion) override;
        void on_cancel() override;

        Stream& stream_;
        std::string_view bytes_;
        CancelScope* scope_;
        std::coroutine_handle<> awaiting_;
        Error error_{};
    };
    Send send(std::string_view bytes, CancelScope* scope = nullptr) {
        return {*this, bytes, scope};
    }

    /// Keeps receiving armed while nobody receives, and tells `watcher` (null: stop) when the peer
    /// leaves; at once if it has left already. Bytes that come meanwhile wait for receive(). That a
    /// connection is broken is noticed within a second, whatever came before.
    void watch(PeerWatcher* watcher);
    bool peer_ended() const { return ended_; }
    /// Bytes have arrived that receive() would give at once.
    bool has_unread() const;

    /// Ends both directions now; whoever waits gets an error or the end of the stream.
    void abort() { shard_.ring().shut_down(fd_); }
    /// close() will break the connection: nobody waits for what the peer has begun.
    void reset_on_close() { shard_.ring().reset_on_close(fd_); }
    /// Tells the peer that nothing more is sent; receiving goes on. Nobody may be sending.
    void end_sending();
    /// Ends what is in flight and closes the descriptor. Nobody may be receiving or sending.
    Task<void> close();

private:
    friend TlsLayer;
    struct Receiver final : Operation {
        explicit Receiver(Stream& owner) : stream(owner) {}
        void on_completion(Completion completion) override {
            stream.on_received(std::move(completion));
        }
        Stream& stream;
    };

    /// Told of what breaks the connection. A short wait does without.
    struct HangUpWatch final : Operation, Timer {
        explicit HangUpWatch(Stream& owner) : stream(owner) {}
        void on_completion(Completion completion) override { stream.on_hang_up(completion.result); }
        void on_timer() override { stream.watch_hang_up_if_waiting(); }
        Stream& stream;
    };

    void detach_buffers() override;
    void on_received(Completion completion);
    void begin_wait();
    void watch_hang_up_if_waiting();
    void watch_hang_up();
    void on_hang_up(int result);
    void tell_watcher(Error error);
    void pause_if_full();
    void on_end(Error error);
    void arm_if_wanted();
    void wake_reader();
    ReceivedBuffer take_backlog();
    bool operations_in_flight() const;
    void finish_closing();

    // With TLS only.
    void decrypt();
    void on_decrypted();
    void wake_handshaker();
    ReceivedBuffer take_plaintext();
    Error end_error() const;

    // Whoever waits for as long gets a HangUpWatch.
    static constexpr Duration short_wait = std::chrono::milliseconds{500};
    // So many buffers of bytes that nobody has read yet; then receiving pauses.
    static constexpr std::size_t backlog_max = 4;

    Shard& shard_;
    int fd_;
    Receiver receiver_{*this};
    HangUpWatch hang_up_{*this};
    MonotonicTime waiting_since_{};
    std::vector<ReceivedBuffer> backlog_;
    std::size_t backlog_read_ = 0;  // backlog_ before this index was taken
    Receive* reader_ = nullptr;
    PeerWatcher* watcher_ = nullptr;
    std::coroutine_handle<> closer_;
    Error end_error_{};
    bool ended_ = false;
    bool broken_ = false;         // there is nobody at the other end
    bool sending_ended_ = false;  // by end_sending()
    bool pausing_ = false;
    bool sending_ = false;           // without TLS
    std::unique_ptr<TlsLayer> tls_;  // null: the bytes as they are
};

/// Connects to `address`. Errors: the kernel's (ECONNREFUSED, ...), or the scope's reason.
Task<Result<std::unique_ptr<Stream>>> connect(Shard& shard, Address address, CancelScope* scope);

}  // namespace sluice::io
