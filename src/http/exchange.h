// Exchange: one request and its response as a handler sees them; streaming has backpressure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/message.h"
#include "http/outgoing_request.h"
#include "http/parse_error.h"
#include "io/cancel.h"
#include "io/shard.h"
#include "io/task.h"

namespace sluice::http {

/// Lives while the handler's task runs. A handler fills response() and returns, or it streams:
///   exchange.response().add_field("Content-Type", "text/event-stream");
///   CO_REQUIRE(co_await exchange.begin_stream());
///   CO_REQUIRE(co_await exchange.write("data: 1\n\n"));
///   co_await exchange.finish();
/// A stream that was begun and not finished tells the client that it was cut off.
class Exchange {
public:
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;
    virtual ~Exchange() = default;

    const Request& request() const { return request_; }
    /// Status, fields and body; once the stream was begun nothing in it matters any more.
    Response& response() { return response_; }
    /// For a handler that passes the request on: reused like response(), so that it allocates
    /// nothing in steady state.
    OutgoingRequest& outgoing() { return outgoing_; }
    io::Shard& shard() { return shard_; }

    /// Cancelled when the client has left or the server gives up waiting: hand it to everything
    /// that waits. A client that only ended its own direction waits for its answer.
    io::CancelScope& scope() { return scope_; }
    bool cancelled() const { return scope_.cancelled(); }
    /// Cancelled when the server starts to drain: a stream without end should then be finished.
    io::CancelScope& drain() { return drain_; }
    /// Cancelled when the client has ended its own direction. Perhaps it is gone, which the next
    /// write will tell.
    io::CancelScope& half_closed() { return half_closed_; }

    /// Whether request().body() is there. Always, unless the service serves from the head.
    virtual bool body_complete() const { return true; }
    /// Waits for the rest of the body. No view of the request from before is valid after. Errors:
    /// what to answer; the connection ends behind that. A body that is never read is thrown away,
    /// and ends the connection too. bytes_max  Beyond it 413, as beyond the server's own limit.
    virtual io::Task<ParseResult<>> read_body(std::size_t bytes_max = SIZE_MAX) {
        static_cast<void>(bytes_max);
        co_return ParseResult<>();
    }

    /// Sends the head: status and fields of response(). From then on write() and finish().
    virtual io::Task<io::Result<void>> begin_stream() = 0;
    /// Sends `chunk` at once and waits until the kernel has it: that is the back-pressure. `chunk`
    /// must live as long as the wait. Errors: the client left, the write stalled.
    virtual io::Task<io::Result<void>> write(std::string_view chunk) = 0;
    /// Ends the stream: the client knows that it is complete.
    virtual io::Task<io::Result<void>> finish() = 0;

protected:
    Exchange(const Request& request, Response& response, OutgoingRequest& outgoing,
             io::Shard& shard, io::CancelScope& scope, io::CancelScope& drain,
             io::CancelScope& half_closed)
        : request_(request),
          response_(response),
          outgoing_(outgoing),
          shard_(shard),
          scope_(scope),
          drain_(drain),
          half_closed_(half_closed) {}

private:
    const Request& request_;
    Response& response_;
    OutgoingRequest& outgoing_;
    io::Shard& shard_;
    io::CancelScope& scope_;
    io::CancelScope& drain_;
    io::CancelScope& half_closed_;
};

}  // namespace sluice::http
