// The life of a connection.
#include "http/connection.h"

#include "base/check.h"
#include "http/connection_exchange.h"
#include "http/error_response.h"
#include "http/writer.h"

namespace sluice::http {
namespace {

Duration time_at_rate(std::size_t bytes, std::size_t bytes_per_second) {
    return std::chrono::milliseconds{bytes * 1000 / bytes_per_second};
}

}  // namespace

Connection::Connection(ServerContext& context, int fd)
    : context_(context),
      stream_(context.shard, fd),
      scope_(&context.stop),
      reading_(&scope_),
      deadline_(context.shard),
      first_request_until_(context.shard.now() + context.settings.first_request_grace) {}

io::Task<void> Connection::run() {
    join(&context_.drain);
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
    if (!broken_ && closing_) co_await linger();
    deadline_.stop();
    if (!idle()) release_buffers();
    co_await stream_.close();
}

// Reads what has arrived as far as it goes.
Connection::Step Connection::next_step() {
    RequestParser& parser = buffers_->parser;
    const auto progress = parser.advance();
    if (!progress) {
        error_ = progress.error();
        return Step::refuse;
    }
    if (*progress == RequestParser::Progress::complete) return Step::serve;
    if (parser.head_complete() && !in_body_) {
        in_body_ = true;
        body_started_ = context_.shard.now();
    }
    if (parser.awaits_continue() && !continue_sent_) {
        continue_sent_ = true;
        return Step::send_continue;
    }
    return Step::receive;
}

void Connection::set_reading_deadline() {
    const ServerSettings& settings = context_.settings;
    if (idle()) {
        deadline_.set(reading_, context_.drain.cancelled()
                                    ? first_request_until_
                                    : context_.shard.now() + settings.idle_timeout);
    } else if (in_body_) {
        deadline_.set(reading_, body_started_ + settings.body_grace +
                                    time_at_rate(buffers_->parser.body_bytes_received(),
                                                 settings.body_bytes_per_second_min));
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
        refuse({Status::request_timeout, "The request did not arrive in time."});
    } else {
        refuse({Status::bad_request, "The request ended before it was complete."});
    }
    return false;
}

void Connection::find_peer() {
    if (!peer_.empty()) return;
    peer_address_ = stream_.peer_address();
    peer_ = peer_address_.ip_text();
}

void Connection::begin_exchange() {
    find_peer();
    Request& request = buffers_->parser.request();
    const ClientLocator* locator = context_.settings.locator;
    request.peer_ = locator != nullptr ? locator->client_of(peer_address_, peer_, request) : peer_;
    request.id_ = context_.next_id++;
    request_started_ = context_.shard.now();
    first_request_until_ = {};
    if (!buffers_->parser.keep_alive()) closing_ = true;
    buffers_->response.clear();
}

void Connection::end_exchange(const ConnectionExchange& exchange) {
    leave_timer_.stop();
    streaming_ = false;
    const Request& request = exchange.request();
    const Response& response = buffers_->response;
    if (context_.drain.cancelled() && !exchange.streamed()) closing_ = true;
    if (scope_.cancelled() || (exchange.streamed() && !exchange.finished())) {
        broken_ = true;
    } else if (!exchange.streamed()) {
        append_response(buffers_->output, response,
                        {.date = context_.date(),
                         .close = closing_,
                         .to_head = request.method() == Method::head});
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
    buffers_->parser.next_request();
    request_started_ = context_.shard.now();
    in_body_ = continue_sent_ = false;
}

// Answers what is no request; the connection ends with it.
void Connection::refuse(const ParseError& error) {
    closing_ = true;
    find_peer();
    Response& response = buffers_->response;
    response.clear();
    write_error(response, error);
    append_response(buffers_->output, response, {.date = context_.date(), .close = true});
    if (context_.observer == nullptr) return;
    context_.observer->on_request_finished({.method = {},
                                            .path = {},
                                            .peer = peer_,
                                            .status = error.status,
                                            .duration = context_.shard.now() - request_started_,
                                            .request_bytes = 0,
                                            .response_bytes = response.body().size(),
                                            .id = context_.next_id++,
                                            .cut_off = false});
}

void Connection::release_buffers() {
    context_.buffers.give_back(std::move(buffers_));
}

// Sends what is ready. False: the connection is of no use any more.
io::Task<bool> Connection::flush() {
    std::string& output = buffers_->output;
    if (output.empty()) co_return true;
    deadline_.set(scope_,
                  context_.shard.now() + context_.settings.write_grace +
                      time_at_rate(output.size(), context_.settings.body_bytes_per_second_min));
    const io::Result<void> sent = co_await stream_.send(output, &scope_);
    deadline_.clear();
    output.clear();
    if (!sent) broken_ = true;
    co_return !broken_;
}

// RFC 9112 §9.6: ends the own direction and reads on for a while, so that the last answer arrives.
io::Task<void> Connection::linger() {
    stream_.end_sending();
    io::CancelScope lingering(&scope_);
    io::Deadline deadline(lingering);
    context_.shard.timers().start(deadline, context_.shard.now() + context_.settings.linger);
    for (;;) {
        const io::Result<io::ReceivedBuffer> received = co_await stream_.receive(&lingering);
        if (!received || received->bytes().empty()) co_return;
    }
}

void Connection::on_peer_ended(io::Error error) {
    peer_left_ = true;
    if (error.code != 0 || streaming_) return scope_.cancel();
    context_.shard.timers().start(leave_timer_,
                                  context_.shard.now() + context_.settings.leave_grace);
}

void Connection::on_cancel() {
    if (!idle()) return;
    if (!may_expect_first_request()) return reading_.cancel();
    deadline_.set(reading_, first_request_until_);
}

}  // namespace sluice::http
