// Streaming an answer.
#include "http/connection_exchange.h"

#include "base/check.h"
#include "base/result.h"
#include "http/writer.h"

namespace sluice::http {

ConnectionExchange::ConnectionExchange(Connection& connection)
    : Exchange(connection.buffers_->parser.request(), connection.buffers_->response,
               connection.buffers_->outgoing, connection.context_.shard, connection.scope_,
               connection.context_.drain, connection.half_closed_),
      connection_(connection),
      chunked_(request().version() == Version::http_1_1) {}

bool ConnectionExchange::body_complete() const {
    return connection_.buffers_->parser.complete();
}

io::Task<ParseResult<>> ConnectionExchange::read_body(std::size_t bytes_max) {
    CHECK(state_ == State::plain, "a body is read before it is answered");
    return connection_.read_body(bytes_max);
}

io::Task<io::Result<void>> ConnectionExchange::begin_stream() {
    CHECK(state_ == State::plain, "a stream was begun twice");
    state_ = State::streaming;
    connection_.streaming_ = true;
    if (!chunked_ || drain().cancelled() || !body_complete()) connection_.closing_ = true;
    append_stream_head(connection_.buffers_->output, response(),
                       chunked_ ? StreamCoding::chunked : StreamCoding::until_close,
                       connection_.response_options());
    co_return co_await send_output();
}

io::Task<io::Result<void>> ConnectionExchange::write(std::string_view chunk) {
    CHECK(state_ == State::streaming, "written to a stream that is not open");
    CHECK(connection_.streaming_, "the exchange has ended");
    if (!sends_body() || chunk.empty()) co_return io::Result<void>{};
    bytes_ += chunk.size();
    if (chunked_) {
        append_chunk(connection_.buffers_->output, chunk);
    } else {
        connection_.buffers_->output += chunk;
    }
    co_return co_await send_output();
}

io::Task<io::Result<void>> ConnectionExchange::finish() {
    CHECK(state_ == State::streaming, "finished a stream that is not open");
    if (chunked_ && sends_body()) connection_.buffers_->output += last_chunk;
    CO_REQUIRE(co_await send_output());
    state_ = State::finished;
    co_return io::Result<void>{};
}

io::Task<io::Result<void>> ConnectionExchange::send_output() {
    if (!cancelled() && co_await connection_.flush()) co_return io::Result<void>{};
    co_return failure(scope().cancelled() ? scope().reason() : io::Error{EPIPE});
}

}  // namespace sluice::http
