// Scanning a head for line ends and control characters, sixteen bytes at a time where the CPU can.
#include "http/head_guard.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>

#include "base/check.h"
#endif

namespace sluice::http {
namespace {

// Room in the start line beside the target: method, version, blanks.
constexpr std::size_t start_line_extra = 64;

constexpr bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// The first control character in [at, end), or `end`.
std::size_t find_control(const char* text, std::size_t at, std::size_t end) {
#if defined(__SSE2__)
    const __m128i highest = _mm_set1_epi8(0x1f);
    const __m128i del = _mm_set1_epi8(0x7f);
    for (; end - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + at));
        const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, highest), bytes);
        const auto mask = static_cast<std::uint32_t>(
            _mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(bytes, del))));
        if (mask != 0) return at + static_cast<std::size_t>(std::countr_zero(mask));
    }
#endif
    while (at < end && !is_control(text[at])) ++at;
    return at;
}

}  // namespace

HeadGuard::HeadGuard(const MessageLimits& limits)
    : target_bytes_max_(limits.target_bytes_max),
      fields_bytes_max_(limits.fields_bytes_max),
      fields_max_(limits.fields_max) {}

void HeadGuard::reset() {
    scanned_ = line_start_ = start_line_size_ = fields_ = 0;
    in_start_line_ = true;
}

// No line end may stand at or behind this place.
std::size_t HeadGuard::window_end() const {
    if (in_start_line_) return target_bytes_max_ + start_line_extra;
    return start_line_size_ + 2 + fields_bytes_max_;
}

ParseResult<HeadGuard::Progress> HeadGuard::advance(std::string_view text) {
    for (;;) {
        const std::size_t end = std::min(text.size(), window_end());
        CHECK(scanned_ <= text.size() && line_start_ <= scanned_, "the text only grows");
        // Behind a line that ended at the window's last byte there is no room for another one.
        const std::size_t at = scanned_ < end ? find_control(text.data(), scanned_, end) : end;
        scanned_ = at;
        if (at == end) {
            if (end == text.size()) return Progress::need_more;
            if (in_start_line_) {
                return failure(ParseError{Status::uri_too_long, "The request target is too long."});
            }
            return failure(
                ParseError{Status::header_fields_too_large, "The header fields are too large."});
        }
        if (text[at] == '\t' && !in_start_line_) {
            scanned_ = at + 1;
            continue;
        }
        if (text[at] == '\n') return bad_request("A line ends in LF without CR.");
        if (text[at] != '\r') return bad_request("The header contains a control character.");
        if (at + 1 == text.size()) return Progress::need_more;
        if (text[at + 1] != '\n') return bad_request("The header contains a CR without LF.");
        TRY(const Progress progress, end_line(text, at));
        if (progress != Progress::need_more) return progress;
    }
}

// The line [line_start_, end) is whole.
ParseResult<HeadGuard::Progress> HeadGuard::end_line(std::string_view text, std::size_t end) {
    const bool empty = end == line_start_;
    CHECK(line_start_ <= end && end + 2 <= text.size());
    const char first = text[line_start_];
    scanned_ = line_start_ = end + 2;
    if (in_start_line_) {
        in_start_line_ = false;
        start_line_size_ = end;
        return Progress::start_line;
    }
    if (empty) return Progress::complete;
    if (first == ' ' || first == '\t') return bad_request("Folded header fields are not allowed.");
    if (++fields_ > fields_max_) {
        return failure(
            ParseError{Status::header_fields_too_large, "There are too many header fields."});
    }
    return Progress::need_more;
}

}  // namespace sluice::http
