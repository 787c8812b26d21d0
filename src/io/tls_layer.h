// TLS layer of a Stream: the session, and everything that goes out.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "crypto/tls_session.h"
#include "io/ring.h"
#include "io/stream.h"
#include "io/tls_buffers.h"

namespace sluice::io {

/// Sends what the session puts out, of itself and for the stream's user, one operation at a time: a
/// record cannot be cut by another. Between sends it holds no memory for them.
class TlsLayer final : Operation {
public:
    TlsLayer(Stream& stream, std::unique_ptr<crypto::TlsSession> session, TlsBuffers& buffers);

    crypto::TlsSession& session() { return *session_; }
    const crypto::TlsSession& session() const { return *session_; }
    TlsBuffers& buffers() { return buffers_; }

    /// The session takes no more ciphertext: it failed, or the peer said close_notify.
    bool over() const { return session_->failed() || session_->ended_by_peer(); }
    /// Somebody waits for what only the peer can bring.
    bool awaits_peer() const {
        return !session_->established() && (sender_ != nullptr || handshaker_ != nullptr);
    }

    /// Starts sending what is there, unless a send is in flight; call it after the session did
    /// anything.
    void pump();
    /// Takes the user's send on, until it is ready or given up.
    void begin(Stream::Send& send);
    void give_up(Stream::Send& send);
    void end_sending();

    bool sending() const { return in_flight(); }
    void cancel();  // asks; Stream::finish_closing() is called

    Stream::Handshake* handshaker_ = nullptr;
    std::size_t consumed_ = 0;  // of the stream's first buffer of ciphertext

private:
    void on_completion(Completion completion) override;
    void encrypt();
    void send_output();
    void finish(Error error);
    Error why_not() const;

    Stream& stream_;
    std::unique_ptr<crypto::TlsSession> session_;
    TlsBuffers& buffers_;
    std::string sending_;    // of the operation in flight
    std::string_view rest_;  // of sending_: not sent yet
    Stream::Send* sender_ = nullptr;
    Error broken_{};  // nothing can be sent any more
    bool ending_ = false;
    bool ended_ = false;
};

}  // namespace sluice::io
