// Talking to an upstream.
#include "http/upstream_connection.h"

#include <utility>

#include "base/check.h"
#include "http/writer.h"

namespace sluice::http {
namespace {

ClientError broken_answer(const ResponseParser& parser, const ParseError& error) {
    if (parser.ended()) return client_error({ECONNRESET}, ClientError::Kind::reset);
    return {ClientError::Kind::garbage, error.description};
}

}  // namespace

io::Task<ClientResult<>> UpstreamConnection::exchange(const OutgoingRequest& request,
                                                      std::string_view host,
                                                      io::CancelScope* scope) {
    CHECK(owner_ == nullptr && !running(), "a request on a connection that idles");
    asked_ = true;
    parser_.start(request.method() == Method::head);
    output_.clear();
    append_request(output_, request, host);
    const io::Result<void> sent = co_await stream_->send(output_, scope);
    output_.clear();
    // An upstream may answer and close before it has read everything: the answer still counts.
    if (!sent && (sent.error().timed_out() || sent.error().cancelled())) {
        co_return failure(client_error(sent.error(), ClientError::Kind::reset));
    }
    for (;;) {
        const ParseResult<bool> complete = parser_.read_head();
        if (!complete) co_return failure(broken_answer(parser_, complete.error()));
        if (*complete) co_return ClientResult<>{};
        CO_REQUIRE(co_await receive(scope));
    }
}

io::Task<ClientResult<std::string_view>> UpstreamConnection::next_chunk(io::CancelScope* scope) {
    for (;;) {
        const ParseResult<ResponseParser::BodyChunk> chunk = parser_.next_body_chunk();
        if (!chunk) co_return failure(broken_answer(parser_, chunk.error()));
        if (chunk->kind == ResponseParser::BodyChunk::Kind::data) co_return chunk->data;
        if (chunk->kind == ResponseParser::BodyChunk::Kind::complete) co_return std::string_view{};
        CO_REQUIRE(co_await receive(scope));
    }
}

io::Task<ClientResult<>> UpstreamConnection::receive(io::CancelScope* scope) {
    const io::Result<io::ReceivedBuffer> received = co_await stream_->receive(scope);
    if (!received) co_return failure(client_error(received.error(), ClientError::Kind::reset));
    if (received->bytes().empty()) {
        parser_.append_end();
    } else {
        parser_.append(received->bytes());
    }
    co_return ClientResult<>{};
}

void UpstreamConnection::begin_idle(IdleOwner& owner, Duration idle_max) {
    CHECK(owner_ == nullptr && reusable(), "only what can serve again is kept");
    owner_ = &owner;
    stream_->shard().timers().start(*this, stream_->shard().now() + idle_max);
    stream_->watch(this);
}

void UpstreamConnection::end_idle() {
    CHECK(owner_ != nullptr, "it did not idle");
    owner_ = nullptr;
    stop();
    stream_->watch(nullptr);
}

void UpstreamConnection::on_peer_ended(io::Error) {
    on_timer();
}

void UpstreamConnection::on_timer() {
    if (IdleOwner* owner = std::exchange(owner_, nullptr)) owner->on_idle_ended(*this);
}

}  // namespace sluice::http
