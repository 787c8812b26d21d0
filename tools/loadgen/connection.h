// One connection of the load: requests go out, answers come in, in the order of HTTP/1.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/tls_client_context.h"
#include "io/ring.h"
#include "loadgen/answer_reader.h"
#include "loadgen/failure.h"
#include "loadgen/scenario.h"

namespace sluice::loadgen {

class Connection;

/// A request whose answer is owed.
struct Owed {
    MonotonicTime begun;  // of its unit of work; in an open loop when that was due
    MonotonicTime sent;
    OperationId operation = 0;
};

/// Told what happens on a connection; may use it from inside, but not destroy it.
class ConnectionUser {
public:
    virtual ~ConnectionUser() = default;
    virtual void on_connected(Connection& connection) = 0;
    /// The answer to `owed`, which is owed no more. Requests appended now go out together. Where
    /// the server does not keep the connection alive, one may be appended that belongs to the same
    /// unit of work: it is still there after on_closed().
    virtual void on_answer(Connection& connection, Owed owed, const Answer& answer,
                           bool keeps_alive) = 0;
    /// More of an event stream: the head first, with an empty body, then pieces of the body.
    virtual void on_stream(Connection& connection, const Answer& head, std::string_view piece) = 0;
    /// The connection is of no use any more. What it owed is still there, to be taken.
    virtual void on_broken(Connection& connection, Failure why, std::string_view reason) = 0;
    /// Everything of it has ended: it may be opened again.
    virtual void on_closed(Connection& connection) = 0;
};

/// How the connections of one thread speak TLS.
struct TlsUse {
    const crypto::TlsClientContext& context;
    std::string host;                                        // what the certificate has to be for
    bool resumes = false;                                    // else every handshake is a full one
    std::vector<char> plaintext = std::vector<char>(16384);  // of one record
};

class Connection {
public:
    enum class State : std::uint8_t { closed, connecting, open, closing };

    /// depth   requests that may be owed an answer at once.
    /// tls     null: plain HTTP; outlives the connection.
    Connection(io::Ring& ring, ConnectionUser& user, unsigned index, unsigned depth, bool streams,
               TlsUse* tls);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    unsigned index() const { return index_; }
    State state() const { return state_; }
    bool has_room() const { return owed_count_ < owed_.size(); }
    bool owes() const { return owed_count_ > 0; }
    std::size_t owed_count() const { return owed_count_; }
    const Owed& oldest() const { return owed_[first_owed_]; }
    MonotonicTime opened_at() const { return opened_at_; }
    /// Of TLS; null where there is none.
    const crypto::TlsSession* tls() const { return session_.get(); }

    /// Only when closed. The outcome is told to the user, never before this returns.
    void open(const io::Address& address, MonotonicTime now);
    /// Where the next request is to be appended; owe() it then.
    std::string& output() { return output_; }
    void owe(const Owed& owed);
    Owed take_oldest();
    /// Sends what was appended; waits for the connection, or for the end of another send.
    void flush();
    /// Ends the connection; on_closed() follows, maybe at once.
    void close();

private:
    struct Part : io::Operation {
        explicit Part(Connection& owner) : connection(owner) {}
        Connection& connection;
    };
    struct Connector final : Part {
        using Part::Part;
        void on_completion(io::Completion completion) override {
            connection.on_connect(completion.result);
        }
    };
    struct Receiver final : Part {
        using Part::Part;
        void on_completion(io::Completion completion) override {
            connection.on_receive(completion);
        }
    };
    struct Sender final : Part {
        using Part::Part;
        void on_completion(io::Completion completion) override {
            connection.on_send(completion.result);
        }
    };

    void on_connect(int result);
    void on_receive(io::Completion& completion);
    void on_send(int result);
    void established();
    void start_tls();
    void send(std::string& bytes);
    void read_tls(std::string_view bytes);
    void read(std::string_view bytes);
    void read_stream();
    void answered();
    void on_end();
    void broken(Failure why, std::string_view reason);
    void close_when_idle();

    io::Ring& ring_;
    ConnectionUser& user_;
    unsigned index_;
    bool streams_;
    TlsUse* tls_;
    std::unique_ptr<crypto::TlsSession> session_;
    State state_ = State::closed;
    bool reading_ = false;  // flush() waits for the end of what arrived
    bool moving_ = false;   // what was appended goes out on the next connection
    int fd_ = -1;
    io::Address address_;
    MonotonicTime opened_at_{};
    Connector connector_{*this};
    Receiver receiver_{*this};
    Sender sender_{*this};
    AnswerReader reader_;
    std::string output_;   // not handed over yet
    std::string sending_;  // with the kernel
    std::size_t sent_ = 0;
    std::vector<Owed> owed_;  // a ring
    std::size_t first_owed_ = 0;
    std::size_t owed_count_ = 0;
};

}  // namespace sluice::loadgen
