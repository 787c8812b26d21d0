// A state machine over the framing bytes; chunk data is moved in blocks.
#include "http/chunk_decoder.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "http/fields.h"
#include "http/uri_chars.h"

namespace sluice::http {
namespace {

constexpr std::uint8_t size_digits_max = 16;

bool is_text(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

}  // namespace

ParseResult<ChunkDecoder::Step> ChunkDecoder::decode(char* data, std::size_t size,
                                                     std::uint64_t body_bytes_max) {
    Step done;
    while (done.consumed < size && state_ != State::complete) {
        if (state_ != State::data) {
            REQUIRE(step(data[done.consumed++], body_bytes_max));
            continue;
        }
        CHECK(remaining_ > 0, "a chunk without data has no data to read");
        const std::size_t piece =
            static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, size - done.consumed));
        std::memmove(data + done.produced, data + done.consumed, piece);
        done.consumed += piece;
        done.produced += piece;
        remaining_ -= piece;
        if (remaining_ == 0) state_ = State::data_cr;
    }
    CHECK(done.produced <= done.consumed && done.consumed <= size);
    done.complete = state_ == State::complete;
    return done;
}

ParseResult<> ChunkDecoder::expect(char c, char wanted, State next) {
    if (c != wanted) return bad_request("A chunk is not followed by CRLF.");
    return enter(next);
}

ParseResult<> ChunkDecoder::step(char c, std::uint64_t body_bytes_max) {
    switch (state_) {
        case State::size_first:
        case State::size:
            return step_size(c, body_bytes_max);
        case State::size_lf:
            if (c != '\n') return bad_request("A chunk size is not followed by CRLF.");
            state_ = remaining_ > 0 ? State::data : State::trailer_first;
            size_digits_ = 0;
            return {};
        case State::data_cr:
            return expect(c, '\r', State::data_lf);
        case State::data_lf:
            return expect(c, '\n', State::size_first);
        case State::trailer_first:
        case State::trailer_name:
        case State::trailer_value:
        case State::trailer_lf:
        case State::end_lf:
            return step_trailer(c);
        default:
            return step_extension(c);
    }
}

ParseResult<> ChunkDecoder::step_size(char c, std::uint64_t body_bytes_max) {
    const int digit = hex_digit(c);
    if (digit >= 0) {
        if (state_ == State::size_first) remaining_ = 0;
        state_ = State::size;
        if (++size_digits_ > size_digits_max)
            return bad_request("A chunk size has too many digits.");
        remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(digit);
        return {};
    }
    if (state_ == State::size_first || (c != '\r' && c != ';' && !skips(c))) {
        return bad_request("A chunk size is not a hexadecimal number.");
    }
    if (remaining_ > body_bytes_max || decoded_ > body_bytes_max - remaining_) {
        return failure(ParseError{Status::content_too_large, "The body is too large."});
    }
    decoded_ += remaining_;
    CHECK(decoded_ <= body_bytes_max);
    extension_bytes_ = 0;
    if (c == '\r') return enter(State::size_lf);
    return enter(c == ';' ? State::ext_name_first : State::size_end);
}

// chunk-ext = *( ";" token [ "=" ( token / quoted-string ) ] ), with the blanks of RFC 9112 §7.1.1
// where they are skipped.
ParseResult<> ChunkDecoder::step_extension(char c) {
    if (++extension_bytes_ > extension_bytes_max || ++extension_total_ > extension_total_max) {
        return bad_request("The chunk extensions are too long.");
    }
    const bool token = is_token_char(c);
    switch (state_) {
        case State::size_end:
            if (c == ';') return enter(State::ext_name_first);
            if (c == '\r') return enter(State::size_lf);
            if (skips(c)) return {};
            break;
        case State::ext_name_first:
            if (skips(c)) return {};
            if (token) return enter(State::ext_name);
            break;
        case State::ext_name:
        case State::ext_name_end:
            if (token && state_ == State::ext_name) return {};
            if (c == '=') return enter(State::ext_value_first);
            if (skips(c)) return enter(State::ext_name_end);
            [[fallthrough]];
        case State::ext_quoted_end:
        case State::ext_token:
            if (token && state_ == State::ext_token) return {};
            if (skips(c)) return enter(State::ext_quoted_end);
            if (c == ';') return enter(State::ext_name_first);
            if (c == '\r') return enter(State::size_lf);
            break;
        case State::ext_value_first:
            if (skips(c)) return {};
            if (token) return enter(State::ext_token);
            if (c == '"') return enter(State::ext_quoted);
            break;
        case State::ext_quoted:
            if (c == '"') return enter(State::ext_quoted_end);
            if (c == '\\') return enter(State::ext_escape);
            if (is_text(c)) return {};
            break;
        case State::ext_escape:
            if (is_text(c)) return enter(State::ext_quoted);
            break;
        default:
            break;
    }
    return bad_request("A chunk extension is malformed.");
}

ParseResult<> ChunkDecoder::step_trailer(char c) {
    if (++trailer_bytes_ > trailer_bytes_max) {
        return failure(ParseError{Status::header_fields_too_large, "The trailers are too large."});
    }
    switch (state_) {
        case State::trailer_first:
            if (c == '\r') return enter(State::end_lf);
            if (is_token_char(c)) return enter(State::trailer_name);
            break;
        case State::trailer_name:
            if (is_token_char(c)) return {};
            if (c == ':') return enter(State::trailer_value);
            break;
        case State::trailer_value:
            if (is_text(c)) return {};
            if (c == '\r') return enter(State::trailer_lf);
            break;
        case State::trailer_lf:
            if (c == '\n') return enter(State::trailer_first);
            break;
        case State::end_lf:
            if (c == '\n') return enter(State::complete);
            break;
        default:
            break;
    }
    return bad_request("A trailer is malformed.");
}

}  // namespace sluice::http
