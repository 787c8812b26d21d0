// The life of a connection.
#include "http/connection.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "http/connection_exchange.h"
#include "http/writer.h"

namespace sluice::http {
namespace {

// Bodies up to this size are taken whatever the shard holds already.
constexpr std::size_t unbudgeted_body_bytes = std::size_t{64} * 1024;

constexpr ParseError too_much_data{Status::service_unavailable,
                                   "This server is receiving too much data."};
constexpr ParseError too_large{Status::content_too_large, "The request body is too large."};
constexpr ParseError too_slow{Status::request_timeout, "The request did not arrive in time."};
constexpr ParseError incomplete{Status::bad_request, "The request is incomplete."};

}  // namespace

Connection::Connection(ServerContext& context, int fd, const io::Address& peer, Transport transport)
    : context_(context),
      stream_(context.shard, fd),
      scope_(&context.stop),
      reading_(&scope_),
      deadline_(context.shard),
      first_request_until_(context.shard.now() + context.settings.first_request_grace),
      peer_address_(peer) {
    CHECK(peer.family() != AF_UNSPEC, "somebody of no address is not served");
    if (transport == Transport::plain) return;
    CHECK(context.tls.has_value(), "TLS without a certificate");
    stream_.start_tls(context.tls->accept(), context.tls_buffers);
}

io::Task<void> Connection::run() {
    join(&context_.drain);
    if (stream_.tls() != nullptr) co_await open_tls();
    while (!closing_ && !broken_) {
        const Step step = idle() ? Step::receive : next_step();
        if (step == Step::refuse) {
            refuse(error_);
            break;
        }
        if (step == Step::serve) {
            if (buffers_->output.size() > context_.settings.output_batch_bytes &&
                !co_await flush()) {
                break;
            }
            begin_exchange();
            ConnectionExchange exchange(*this);
            stream_.watch(this);
            co_await context_.service.serve(exchange);
            stream_.watch(nullptr);
            end_exchange(exchange);
            continue;
        }
        if (step == Step::send_continue) buffers_->output += continue_head;
        if (!idle() && !buffers_->output.empty() && !co_await flush()) break;
        if (!idle() && !buffers_->parser.holds_input()) release_buffers();
        if (idle() && context_.drain.cancelled() && !may_expect_first_request()) break;
        set_reading_deadline();
        if (!take_input(co_await stream_.receive(&reading_))) break;
    }
    deadline_.clear();
    leave();
    if (!broken_ && !idle()) co_await flush();
    if (!idle()) release_buffers();
    if (!broken_ && closing_) {
        co_await linger();
    } else if (!broken_ && stream_.tls() != nullptr) {
        stream_.end_sending();
    }
    deadline_.stop();
    CHECK(!streaming_, "an exchange outlives its connection");
    CHECK(input_accounted_ == 0);
    co_await stream_.close();
}

// Reads what has arrived as far as it goes.
Connection::Step Connection::next_step() {
    RequestParser& parser = buffers_->parser;
    const auto progress = parser.advance();
    account_input();
    if (!progress) {
        error_ = progress.error();
        return Step::refuse;
    }
    if (*progress == RequestParser::Progress::complete) return Step::serve;
    if (parser.head_complete()) {
        if (!in_body_) {
            begin_body();
            if (context_.service.serves_from_head(parser.head())) return Step::serve;
        }
        if (exceeds_budget()) {
            error_ = too_much_data;
            return Step::refuse;
        }
    }
    if (parser.awaits_continue() && !continue_sent_) {
        continue_sent_ = true;
        return Step::send_continue;
    }
    return Step::receive;
}

void Connection::begin_body() {
    in_body_ = true;
    body_due_ = context_.shard.now() + context_.settings.body_grace;
    body_bytes_timed_ = 0;
}

std::unexpected<ParseError> Connection::stop_reading(const ParseError& error) {
    closing_ = true;
    buffers_->parser.head();  // its views are told again
    return failure(error);
}

// The rest of a body, for a handler that knows by the head whom it serves.
io::Task<ParseResult<>> Connection::read_body(std::size_t bytes_max) {
    RequestParser& parser = buffers_->parser;
    if (parser.complete()) co_return ParseResult<>();
    begin_body();
    for (;;) {
        const auto progress = parser.advance();
        account_input();
        if (!progress) co_return stop_reading(progress.error());
        if (*progress == RequestParser::Progress::complete) co_return ParseResult<>();
        if (parser.body_bytes_expected() > bytes_max) co_return stop_reading(too_large);
        if (exceeds_budget()) co_return stop_reading(too_much_data);
        if (parser.awaits_continue() && !continue_sent_) {
            continue_sent_ = true;
            buffers_->output += continue_head;
        }
        if (!buffers_->output.empty() && !co_await flush()) scope_.cancel();
        set_reading_deadline();
        const io::Result<io::ReceivedBuffer> received = co_await stream_.receive(&reading_);
        deadline_.clear();
        if (received && !received->bytes().empty()) {
            parser.append(received->bytes());
            continue;
        }
        if (!received && received.error().timed_out()) co_return stop_reading(too_slow);
        if (!received) scope_.cancel();  // reset by the peer, or the server stops
        co_return stop_reading(incomplete);
    }
}

void Connection::account_input() {
    const std::size_t held = buffers_->parser.input_bytes();
    CHECK(context_.buffered_bytes >= input_accounted_);
    context_.buffered_bytes += held - input_accounted_;
    input_accounted_ = held;
}

bool Connection::exceeds_budget() const {
    return context_.buffered_bytes > context_.settings.buffered_bytes_max &&
           buffers_->parser.body_bytes_expected() > unbudgeted_body_bytes;
}

// A body earns time by its bytes, and cannot save up more of it than the stall: neither a drip nor
// silence behind a burst holds a connection.
void Connection::set_reading_deadline() {
    const ServerSettings& settings = context_.settings;
    if (idle()) {
        deadline_.set(reading_, context_.drain.cancelled()
                                    ? first_request_until_
                                    : context_.shard.now() + settings.idle_timeout);
    } else if (in_body_) {
        const std::size_t received = buffers_->parser.body_bytes_received();
        CHECK(received >= body_bytes_timed_, "a body only grows");
        body_due_ = std::min(body_due_ + time_at_rate(received - body_bytes_timed_,
                                                      settings.body_bytes_per_second_min),
                             context_.shard.now() + settings.body_stall);
        body_bytes_timed_ = received;
        deadline_.set(reading_, body_due_);
    } else {
        deadline_.set(reading_, request_started_ + settings.header_timeout);
    }
}

// False: there is nothing more to read.
bool Connection::take_input(const io::Result<io::ReceivedBuffer>& received) {
    deadline_.clear();
    if (received && !received->bytes().empty()) {
        if (idle()) {
            buffers_ = context_.buffers.take();
            request_started_ = context_.shard.now();
        }
        buffers_->parser.append(received->bytes());
        return true;
    }
    if (!received && !received.error().timed_out()) {
        broken_ = true;  // reset by the peer, or the server stops
    } else if (idle()) {
        closing_ = !received;  // a timeout; after the peer's own end nothing has to be waited for
    } else if (!received) {
        refuse(too_slow);
    } else {
        refuse(incomplete);
    }
    return false;
}

void Connection::name_peer() {
    if (peer_.empty()) peer_ = peer_address_.ip_text();
}

void Connection::begin_exchange() {
    name_peer();
    CHECK(!streaming_, "one exchange at a time");
    RequestParser& parser = buffers_->parser;
    Request& request = parser.complete() ? parser.request() : parser.head();
    const ClientLocator* locator = context_.settings.locator;
    request.peer_ = locator != nullptr ? locator->client_of(peer_address_, peer_, request) : peer_;
    request.id_ = context_.next_id++;
    request_started_ = context_.shard.now();
    first_request_until_ = {};
    if (!parser.keep_alive()) closing_ = true;
    buffers_->response.clear();
}

void Connection::end_exchange(const ConnectionExchange& exchange) {
    streaming_ = false;
    body_unread_ = !exchange.body_complete();
    if (body_unread_) closing_ = true;
    const Request& request = exchange.request();
    const Response& response = buffers_->response;
    if (context_.drain.cancelled() && !exchange.streamed()) closing_ = true;
    if (scope_.cancelled() || (exchange.streamed() && !exchange.finished())) {
        broken_ = true;
    } else if (!exchange.streamed()) {
        ResponseOptions options = response_options();
        options.to_head = request.method() == Method::head;
        append_response(buffers_->output, response, options);
    }
    if (context_.observer != nullptr) {
        context_.observer->on_request_finished(
            {.method = request.method_text(),
             .path = request.path(),
             .peer = request.peer(),
             .status = response.status(),
             .duration = context_.shard.precise_now() - request_started_,
             .request_bytes = request.body().size(),
             .response_bytes =
                 exchange.streamed() ? exchange.bytes_streamed() : response.body().size(),
             .id = request.id(),
             .cut_off = broken_});
    }
    if (body_unread_) return;
    buffers_->parser.next_request();
    request_started_ = context_.shard.now();
    in_body_ = continue_sent_ = false;
}

void Connection::release_buffers() {
    CHECK(!idle() && context_.buffered_bytes >= input_accounted_);
    context_.buffered_bytes -= std::exchange(input_accounted_, 0);
    context_.buffers.give_back(std::move(buffers_));
}

void Connection::on_peer_ended(io::Error error) {
    error.code != 0 ? scope_.cancel() : half_closed_.cancel();
}

void Connection::on_cancel() {
    if (!idle()) return;
    if (!may_expect_first_request()) return reading_.cancel();
    deadline_.set(reading_, first_request_until_);
}

}  // namespace sluice::http
