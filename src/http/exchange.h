// Exchange: one request and its response as a handler sees them; streaming has backpressure.
#pragma once

#include <string_view>

#include "http/message.h"
#include "http/outgoing_request.h"
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
    /// that waits. A client that only ended its own direction gets a second to be answered first; a
    /// stream is given up at once.
    io::CancelScope& scope() { return scope_; }
    bool cancelled() const { return scope_.cancelled(); }
    /// Cancelled when the server starts to drain: a stream without end should then be finished.
    io::CancelScope& drain() { return drain_; }

    /// Sends the head: status and fields of response(). From then on write() and finish().
    virtual io::Task<io::Result<void>> begin_stream() = 0;
    /// Sends `chunk` at once and waits until the kernel has it: that is the back-pressure. `chunk`
    /// must live as long as the wait. Errors: the client left, the write stalled.
    virtual io::Task<io::Result<void>> write(std::string_view chunk) = 0;
    /// Ends the stream: the client knows that it is complete.
    virtual io::Task<io::Result<void>> finish() = 0;

protected:
    Exchange(const Request& request, Response& response, OutgoingRequest& outgoing,
             io::Shard& shard, io::CancelScope& scope, io::CancelScope& drain)
        : request_(request),
          response_(response),
          outgoing_(outgoing),
          shard_(shard),
          scope_(scope),
          drain_(drain) {}

private:
    const Request& request_;
    Response& response_;
    OutgoingRequest& outgoing_;
    io::Shard& shard_;
    io::CancelScope& scope_;
    io::CancelScope& drain_;
};

}  // namespace sluice::http
