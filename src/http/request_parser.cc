// The stages of reading a request.
#include "http/request_parser.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/check.h"
#include "http/target.h"

namespace sluice::http {

RequestParser::RequestParser(const MessageLimits& limits) : limits_(limits), guard_(limits) {}

void RequestParser::append(std::string_view bytes) {
    if (stage_ == Stage::complete) {
        later_.append(bytes);
        return;
    }
    if (start_ > 0 && buffer_.size() + bytes.size() > buffer_.capacity()) {
        buffer_.erase(0, start_);
        start_ = 0;
    }
    buffer_.append(bytes);
}

ParseResult<RequestParser::Progress> RequestParser::advance() {
    if (stage_ == Stage::complete) return Progress::complete;
    if (stage_ == Stage::body) return read_body();
    if (!start_line_read_) skip_empty_line();
    TRY(HeadGuard::Progress progress, guard_.advance(text()));
    if (progress == HeadGuard::Progress::start_line) {
        REQUIRE(read_start_line());
        TRY(progress, guard_.advance(text()));
    }
    if (progress == HeadGuard::Progress::need_more) return Progress::need_more;
    REQUIRE(read_head());
    return read_body();
}

// RFC 9112 §2.2: one empty line ahead of a request is left over from an old client's last body.
void RequestParser::skip_empty_line() {
    if (skipped_empty_line_ || !text().starts_with("\r\n")) return;
    skipped_empty_line_ = true;
    start_ += 2;
    guard_.reset();
}

Span RequestParser::span_of(std::string_view part) const {
    if (part.empty()) return {};
    CHECK(part.data() >= text().data() &&
          part.data() + part.size() <= text().data() + text().size());
    return {static_cast<std::uint32_t>(part.data() - text().data()),
            static_cast<std::uint32_t>(part.size())};
}

ParseResult<> RequestParser::read_start_line() {
    start_line_read_ = true;
    const std::string_view line = text().substr(0, guard_.start_line_size());
    TRY(const RequestLine request_line, parse_request_line(line, limits_.target_bytes_max));
    TRY(const Target target, parse_target(request_line.method, request_line.target));
    if (target.needs_normalizing) REQUIRE(normalize_path(target.path, request_.decoded_path_));
    request_.method_ = request_line.method;
    request_.version_ = request_line.version;
    target_ = span_of(request_line.target);
    authority_ = span_of(target.authority);
    path_ = span_of(target.path);
    query_ = span_of(target.query);
    path_normalized_ = target.needs_normalizing;
    target_known_ = true;
    return {};
}

ParseResult<> RequestParser::read_head() {
    const std::string_view head = text().substr(0, guard_.head_size());
    fields_known_ = true;  // those ahead of what is malformed, too: for the answer's sake
    REQUIRE(split_head(HeadKind::request, head, spans_));
    host_ = {};
    point_fields();
    TRY(framing_, request_framing(request_.version_, request_.fields_, limits_.body_bytes_max));
    const std::string_view authority = authority_.in(head);
    if (!authority.empty()) {  // RFC 9112 §3.2.2: it decides, and Host must say the same
        if (!is_host_and_port(authority) ||
            (!framing_.host.empty() && !equal_ignoring_case(authority, framing_.host))) {
            return bad_request("The host of the request target does not match the Host header.");
        }
        framing_.host = authority;
    }
    host_ = span_of(framing_.host);
    stage_ = Stage::body;
    chunk_at_ = guard_.head_size();
    return {};
}

void RequestParser::point_target() {
    const std::string_view all = text();
    request_.target_ = target_.in(all);
    request_.path_ = path_normalized_ ? std::string_view(request_.decoded_path_) : path_.in(all);
    request_.query_ = query_.in(all);
    request_.host_ = host_.in(all);
}

Request& RequestParser::head() {
    CHECK(stage_ == Stage::body, "the head alone, ahead of its body");
    point_fields();
    point_target();
    request_.body_ = {};
    return request_;
}

Request& RequestParser::describe_refused() {
    if (!fields_known_) {
        spans_.clear();
        host_ = {};
    }
    if (!target_known_) {
        request_.method_ = Method::get;
        target_ = path_ = query_ = {};
        path_normalized_ = false;
    }
    point_fields();
    point_target();
    request_.body_ = {};
    return request_;
}

void RequestParser::point_fields() {
    const std::string_view all = text();
    request_.fields_.resize(spans_.size());
    for (std::size_t i = 0; i < spans_.size(); ++i) {
        request_.fields_[i] = {spans_[i].name.in(all), spans_[i].value.in(all)};
    }
    pointed_at_ = all.data();
}

ParseResult<RequestParser::Progress> RequestParser::read_body() {
    if (framing_.chunked) return read_chunks();
    const std::size_t wanted = static_cast<std::size_t>(framing_.content_length);
    CHECK(text().size() >= guard_.head_size());
    body_bytes_received_ = std::min(text().size() - guard_.head_size(), wanted);
    if (body_bytes_received_ < wanted) return Progress::need_more;
    return finish(guard_.head_size() + wanted, wanted);
}

ParseResult<RequestParser::Progress> RequestParser::read_chunks() {
    const std::size_t at = start_ + chunk_at_;
    CHECK(at <= buffer_.size() && chunk_at_ >= guard_.head_size());
    TRY(const ChunkDecoder::Step step,
        chunks_.decode(buffer_.data() + at, buffer_.size() - at, limits_.body_bytes_max));
    body_bytes_received_ += step.consumed;
    const std::size_t raw_end = chunk_at_ + step.consumed;
    chunk_at_ += step.produced;
    if (step.complete) return finish(raw_end, chunk_at_ - guard_.head_size());
    buffer_.resize(start_ + chunk_at_);  // all of it was consumed: only decoded bytes are kept
    return Progress::need_more;
}

RequestParser::Progress RequestParser::finish(std::size_t message_size, std::size_t body_size) {
    const std::string_view all = text();
    end_ = start_ + message_size;
    CHECK(end_ <= buffer_.size() && guard_.head_size() + body_size <= message_size);
    stage_ = Stage::complete;
    if (all.data() != pointed_at_) point_fields();
    point_target();
    request_.body_ = all.substr(guard_.head_size(), body_size);
    return Progress::complete;
}

bool RequestParser::awaits_continue() const {
    return stage_ == Stage::body && framing_.expects_continue && body_bytes_received_ == 0;
}

void RequestParser::next_request() {
    CHECK(stage_ == Stage::complete);
    CHECK(start_ <= end_ && end_ <= buffer_.size());
    start_ = end_;
    if (start_ == buffer_.size()) {
        buffer_.clear();
        start_ = 0;
        buffer_.swap(later_);
    } else {
        buffer_.append(later_);
        later_.clear();
    }
    guard_.reset();
    chunks_.reset();
    stage_ = Stage::head;
    skipped_empty_line_ = start_line_read_ = target_known_ = fields_known_ = false;
    body_bytes_received_ = 0;
}

void RequestParser::reset(std::size_t capacity_max) {
    buffer_.clear();
    later_.clear();
    if (buffer_.capacity() > capacity_max) buffer_ = std::string();
    if (later_.capacity() > capacity_max) later_ = std::string();
    start_ = end_ = 0;
    stage_ = Stage::complete;
    next_request();
}

}  // namespace sluice::http
