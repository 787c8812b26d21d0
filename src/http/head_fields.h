// Header parser: splits a guarded head into fields, by llhttp with strict flags only.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "http/parse_error.h"

namespace sluice::http {

/// Bytes [at, at + size) of a message, so that the buffer that holds it may move.
struct Span {
    std::uint32_t at = 0;
    std::uint32_t size = 0;

    /// `text` is the message, which holds the span.
    std::string_view in(std::string_view text) const { return {text.data() + at, size}; }
};

struct FieldSpan {
    Span name;
    Span value;  // without OWS at its ends
};

enum class HeadKind : std::uint8_t { request, response };

/// `head` is complete and has passed HeadGuard. Fills `fields`, whose capacity is reused.
/// Errors: whatever llhttp takes for malformed.
ParseResult<> split_head(HeadKind kind, std::string_view head, std::vector<FieldSpan>& fields);

}  // namespace sluice::http
