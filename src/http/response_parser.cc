// The stages of reading an answer.
#include "http/response_parser.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/check.h"

namespace sluice::http {
namespace {

constexpr std::string_view truncated = "The connection was closed within the response.";

}  // namespace

ResponseParser::ResponseParser(const MessageLimits& limits) : guard_(limits) {}

void ResponseParser::start(bool to_head) {
    buffer_.erase(0, given_);
    given_ = 0;
    guard_.reset();
    chunks_.reset();
    interim_ = 0;
    to_head_ = to_head;
    head_complete_ = body_complete_ = false;
    received_anything_ = !buffer_.empty();
}

void ResponseParser::append(std::string_view bytes) {
    buffer_.append(bytes);
    received_anything_ = received_anything_ || !bytes.empty();
}

ParseResult<bool> ResponseParser::read_head() {
    while (!head_complete_) {
        TRY(HeadGuard::Progress progress, guard_.advance(buffer_));
        if (progress == HeadGuard::Progress::start_line) {
            REQUIRE(read_status_line());
            TRY(progress, guard_.advance(buffer_));
        }
        if (progress == HeadGuard::Progress::need_more) {
            if (ended_) return bad_request(truncated);
            return false;
        }
        REQUIRE(read_fields());
        CHECK(guard_.head_size() <= buffer_.size());
        buffer_.erase(0, guard_.head_size());
        guard_.reset();
        if (code(head_.status_) >= 200) {
            head_complete_ = true;
        } else if (head_.status_ == Status{101} || ++interim_ > interim_max) {
            return bad_request("The upstream sent an unexpected interim response.");
        }
    }
    return true;
}

// RFC 9112 §4: HTTP-version SP status-code SP [ reason-phrase ]; the second SP is often forgotten.
ParseResult<> ResponseParser::read_status_line() {
    const std::string_view line = std::string_view(buffer_).substr(0, guard_.start_line_size());
    if (line.starts_with("HTTP/1.1 ")) {
        version_ = Version::http_1_1;
    } else if (line.starts_with("HTTP/1.0 ")) {
        version_ = Version::http_1_0;
    } else {
        return bad_request("The response is not HTTP/1.0 or HTTP/1.1.");
    }
    const std::string_view digits = line.substr(9, 3);
    const std::uint64_t number = parse_decimal(digits).value_or(0);
    const bool ends = line.size() == 12 || (line.size() > 12 && line[12] == ' ');
    if (digits.size() != 3 || number < 100 || number > 599 || !ends) {
        return bad_request("The response has no valid status code.");
    }
    head_.status_ = static_cast<Status>(number);
    return {};
}

ParseResult<> ResponseParser::read_fields() {
    head_text_.assign(buffer_, 0, guard_.head_size());
    REQUIRE(split_head(HeadKind::response, head_text_, spans_));
    head_.fields_.clear();
    for (const FieldSpan& span : spans_) {
        head_.fields_.push_back({span.name.in(head_text_), span.value.in(head_text_)});
    }
    TRY(framing_, response_framing(version_, head_.status_, to_head_, head_.fields_));
    remaining_ = framing_.content_length;
    return {};
}

ParseResult<ResponseParser::BodyChunk> ResponseParser::next_body_chunk() {
    buffer_.erase(0, given_);
    CHECK(head_complete_, "the body comes after the head");
    given_ = 0;
    if (body_complete_) return BodyChunk{BodyChunk::Kind::complete, {}};
    switch (framing_.kind) {
        case BodyKind::length:
            return next_of_length();
        case BodyKind::chunked:
            return next_of_chunks();
        case BodyKind::until_close:
            return next_until_close();
        case BodyKind::none:
            break;
    }
    return complete();
}

ResponseParser::BodyChunk ResponseParser::complete() {
    body_complete_ = true;
    return {BodyChunk::Kind::complete, {}};
}

ParseResult<ResponseParser::BodyChunk> ResponseParser::next_of_length() {
    if (remaining_ == 0) return complete();
    if (buffer_.empty()) {
        if (ended_) return bad_request(truncated);
        return BodyChunk{BodyChunk::Kind::need_more, {}};
    }
    given_ = static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), remaining_));
    remaining_ -= given_;
    return BodyChunk{BodyChunk::Kind::data, std::string_view(buffer_).substr(0, given_)};
}

ParseResult<ResponseParser::BodyChunk> ResponseParser::next_of_chunks() {
    TRY(const ChunkDecoder::Step step, chunks_.decode(buffer_.data(), buffer_.size(), UINT64_MAX));
    CHECK(step.produced <= step.consumed && step.consumed <= buffer_.size());
    given_ = step.consumed;
    if (step.produced > 0) {
        return BodyChunk{BodyChunk::Kind::data, std::string_view(buffer_).substr(0, step.produced)};
    }
    if (step.complete) return complete();
    if (ended_) return bad_request(truncated);
    return BodyChunk{BodyChunk::Kind::need_more, {}};
}

ParseResult<ResponseParser::BodyChunk> ResponseParser::next_until_close() {
    if (buffer_.empty()) {
        if (ended_) return complete();
        return BodyChunk{BodyChunk::Kind::need_more, {}};
    }
    given_ = buffer_.size();
    return BodyChunk{BodyChunk::Kind::data, buffer_};
}

bool ResponseParser::reusable() const {
    return body_complete_ && framing_.keep_alive && given_ == buffer_.size() && !ended_;
}

}  // namespace sluice::http
