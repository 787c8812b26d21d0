// What a connection sends: answers to what is no request, what is ready, and its end.
#include <algorithm>

#include "base/check.h"
#include "http/connection.h"

namespace sluice::http {
namespace {

// What is given to the kernel at once: between two of them the progress of a send is seen.
constexpr std::size_t send_bytes_max = std::size_t{64} * 1024;

}  // namespace

ResponseOptions Connection::response_options() {
    return {.date = context_.date(),
            .close = closing_,
            .hsts = stream_.tls() != nullptr ? context_.settings.hsts : Seconds::zero()};
}

// Answers what is no request; the connection ends with it.
void Connection::refuse(const ParseError& error) {
    closing_ = true;
    name_peer();
    Response& response = buffers_->response;
    response.clear();
    if (error.status == Status::service_unavailable) response.add_field("Retry-After", "1");
    Request& request = buffers_->parser.describe_refused();
    request.peer_ = peer_;
    request.id_ = context_.next_id++;
    context_.service.refuse(request, error, response);
    append_response(buffers_->output, response, response_options());
    if (context_.observer == nullptr) return;
    context_.observer->on_request_finished({.method = {},
                                            .path = {},
                                            .peer = peer_,
                                            .status = error.status,
                                            .duration = context_.shard.now() - request_started_,
                                            .request_bytes = 0,
                                            .response_bytes = response.body().size(),
                                            .id = request.id(),
                                            .cut_off = false});
}

// Sends what is ready. False: the connection is of no use any more.
io::Task<bool> Connection::flush() {
    CHECK(!idle(), "nothing is ready where there are no buffers");
    std::string& output = buffers_->output;
    const ServerSettings& settings = context_.settings;
    MonotonicTime due = MonotonicTime::max();
    for (std::string_view rest = output; !rest.empty() && !broken_;) {
        const std::string_view part = rest.substr(0, send_bytes_max);
        rest.remove_prefix(part.size());
        due = std::min(due, context_.shard.now() + settings.write_grace);
        deadline_.set(scope_, due);
        if (!co_await stream_.send(part, &scope_)) broken_ = true;
        due += time_at_rate(part.size(), settings.write_bytes_per_second_min);
    }
    deadline_.clear();
    output.clear();
    co_return !broken_;
}

// RFC 9112 §9.6: ends the own direction and reads on for a while, so that the last answer arrives.
io::Task<void> Connection::linger() {
    stream_.end_sending();
    io::CancelScope lingering(&scope_);
    io::Deadline deadline(lingering);
    io::Shard& shard = context_.shard;
    const ServerSettings& settings = context_.settings;
    const MonotonicTime last =
        shard.now() +
        (body_unread_ ? std::max(settings.body_grace, settings.linger) : settings.linger);
    for (;;) {
        shard.timers().start(deadline, std::min(last, shard.now() + settings.linger));
        const io::Result<io::ReceivedBuffer> received = co_await stream_.receive(&lingering);
        if (!received || received->bytes().empty()) co_return;
    }
}

}  // namespace sluice::http
