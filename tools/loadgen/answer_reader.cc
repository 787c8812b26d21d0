#include "loadgen/answer_reader.h"

#include <algorithm>

#include "base/result.h"

namespace sluice::loadgen {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::size_t head_bytes_max = 64 * 1024;

}  // namespace

http::ParseResult<bool> AnswerReader::next(std::string_view& bytes) {
    if (state_ == State::head) {
        if (carry_.empty()) {
            body_.clear();
            received_ = 0;
            if (take_known(bytes)) return true;
        }
        TRY(const bool whole, take_head(bytes));
        if (!whole) return false;
    }
    return take_body(bytes);
}

bool AnswerReader::take_known(std::string_view& bytes) {
    if (known_head_.empty() || !bytes.starts_with(known_head_)) return false;
    const std::size_t length = framing_.content_length;
    if (bytes.size() - known_head_.size() < length) return false;
    received_ = known_head_.size() + length;
    complete(bytes.substr(known_head_.size(), length));
    bytes.remove_prefix(received_);
    return true;
}

/// True once a final head was read.
http::ParseResult<bool> AnswerReader::take_head(std::string_view& bytes) {
    for (;;) {
        std::string_view head;
        const std::size_t before = carry_.size();
        if (before == 0) {
            const std::size_t end = bytes.find(head_end);
            if (end != std::string_view::npos) head = bytes.substr(0, end + head_end.size());
        } else {
            carry_.append(bytes);
            const std::size_t end = carry_.find(head_end, before < 3 ? 0 : before - 3);
            if (end != std::string::npos) {
                carry_.resize(end + head_end.size());
                head = carry_;
            }
        }
        if (head.empty()) {
            if (before == 0) carry_.assign(bytes);
            received_ += bytes.size();
            bytes = {};
            if (carry_.size() > head_bytes_max) {
                return http::bad_request("The head of the answer is too long.");
            }
            return false;
        }
        received_ += head.size() - before;
        bytes.remove_prefix(head.size() - before);
        TRY(const bool final, read_head(head));
        carry_.clear();
        if (final) return true;
    }
}

/// False for an interim answer.
http::ParseResult<bool> AnswerReader::read_head(std::string_view head) {
    known_head_.clear();
    if (!behind_interim_) parser_.start(false);
    parser_.append(head);
    TRY(const bool final, parser_.read_head());
    behind_interim_ = !final;
    if (!final) return false;
    status_ = http::code(parser_.head().status());
    const auto version =
        head.starts_with("HTTP/1.0") ? http::Version::http_1_0 : http::Version::http_1_1;
    TRY(framing_,
        http::response_framing(version, parser_.head().status(), false, parser_.head().fields()));
    remaining_ = framing_.content_length;
    switch (framing_.kind) {
        case http::BodyKind::none:
            remaining_ = 0;
            [[fallthrough]];
        case http::BodyKind::length:
            state_ = State::length;
            if (framing_.kind == http::BodyKind::length) known_head_.assign(head);
            break;
        case http::BodyKind::chunked:
            state_ = State::chunks;
            chunks_.reset();
            break;
        case http::BodyKind::until_close:
            state_ = State::until_close;
            framing_.keep_alive = false;
            break;
    }
    return true;
}

http::ParseResult<bool> AnswerReader::take_body(std::string_view& bytes) {
    switch (state_) {
        case State::length:
            return take_length(bytes);
        case State::chunks:
            return take_chunks(bytes);
        case State::head:
        case State::until_close:
            break;
    }
    received_ += bytes.size();
    keep(bytes);
    bytes = {};
    return false;
}

bool AnswerReader::take_length(std::string_view& bytes) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), remaining_));
    const std::string_view piece = bytes.substr(0, size);
    bytes.remove_prefix(size);
    received_ += size;
    remaining_ -= size;
    if (remaining_ == 0 && body_.empty()) return complete(piece);  // nothing was copied
    keep(piece);
    return remaining_ == 0 && complete(body_);
}

http::ParseResult<bool> AnswerReader::take_chunks(std::string_view& bytes) {
    scratch_.assign(bytes);
    TRY(const http::ChunkDecoder::Step step,
        chunks_.decode(scratch_.data(), scratch_.size(), UINT64_MAX));
    keep(std::string_view(scratch_).substr(0, step.produced));
    received_ += step.consumed;
    bytes.remove_prefix(step.consumed);
    return step.complete && complete(body_);
}

void AnswerReader::keep(std::string_view piece) {
    const std::size_t room = body_bytes_max - std::min(body_bytes_max, body_.size());
    body_.append(piece.substr(0, room));
}

bool AnswerReader::complete(std::string_view body) {
    state_ = State::head;
    answer_ = {status_, parser_.head().fields(), body, received_};
    return true;
}

bool AnswerReader::finish() {
    if (state_ != State::until_close) return false;
    return complete(body_);
}

void AnswerReader::reset() {
    if (known_head_.empty()) parser_ = http::ResponseParser();  // it may hold half a head
    behind_interim_ = false;
    state_ = State::head;
    carry_.clear();
    body_.clear();
    received_ = 0;
    remaining_ = 0;
}

}  // namespace sluice::loadgen
