// HTTP/1.1 server connection: keep-alive, pipelining; requests in order, with back-pressure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "http/connection_buffers.h"
#include "http/parse_error.h"
#include "http/phase_deadline.h"
#include "http/server_context.h"
#include "http/writer.h"
#include "io/stream.h"
#include "io/task.h"

namespace sluice::http {

class ConnectionExchange;

enum class Transport : std::uint8_t { plain, tls };

/// Keep-alive and pipelining; answers that are ready together are sent together. While a handler
/// runs, nothing is read but the peer's end. An idle connection holds no buffers.
class Connection final : io::PeerWatcher, io::Cancellable {
public:
    /// Takes over `fd`. peer  Its other end.
    Connection(ServerContext& context, int fd, const io::Address& peer, Transport transport);

    /// Serves until either side ends the connection, and closes it.
    io::Task<void> run();

private:
    friend ConnectionExchange;

    enum class Step { serve, receive, send_continue, refuse };

    Step next_step();
    void begin_body();
    void set_reading_deadline();
    io::Task<ParseResult<>> read_body(std::size_t bytes_max);
    std::unexpected<ParseError> stop_reading(const ParseError& error);
    void account_input();
    bool exceeds_budget() const;
    bool take_input(const io::Result<io::ReceivedBuffer>& received);
    void begin_exchange();
    void end_exchange(const ConnectionExchange& exchange);
    void refuse(const ParseError& error);
    void name_peer();
    void release_buffers();
    bool idle() const { return buffers_ == nullptr; }
    bool may_expect_first_request() const { return context_.shard.now() < first_request_until_; }
    ResponseOptions response_options();
    io::Task<void> open_tls();
    io::Task<bool> flush();
    io::Task<void> linger();

    void on_peer_ended(io::Error error) override;
    void on_cancel() override;  // the server drains

    ServerContext& context_;
    io::Stream stream_;
    io::CancelScope scope_;        // of the whole connection
    io::CancelScope reading_;      // of waiting for input
    io::CancelScope half_closed_;  // cancelled: the client has ended its direction
    PhaseDeadline deadline_;
    std::unique_ptr<ConnectionBuffers> buffers_;
    ParseError error_;                   // why Step::refuse
    MonotonicTime request_started_{};    // its first byte, then its last
    MonotonicTime body_due_{};           // when the body ends as too slow, as far as it came
    std::size_t body_bytes_timed_ = 0;   // those that body_due_ has taken in
    std::size_t input_accounted_ = 0;    // our part of ServerContext::buffered_bytes
    MonotonicTime first_request_until_;  // long ago once there was one
    io::Address peer_address_;
    std::string peer_;  // its text
    bool in_body_ = false;
    bool continue_sent_ = false;
    bool streaming_ = false;
    bool body_unread_ = false;  // the last request was answered by its head
    bool closing_ = false;      // no further request is read
    bool broken_ = false;       // nothing can be sent any more
};

}  // namespace sluice::http
