// Request smuggling guard in front of llhttp: finds the lines of a message head as bytes arrive,
// and refuses every byte that makes two parsers see different lines (RFC 9112 §2.2, §5.2; RFC 9110
// §5.5).
#pragma once

#include <cstddef>
#include <string_view>

#include "http/parse_error.h"

namespace sluice::http {

/// Reads a head line by line. Each byte is looked at once however the input is split, and the
/// verdict depends on the bytes alone: what is wrong first is what is reported.
class HeadGuard {
public:
    explicit HeadGuard(const MessageLimits& limits);

    enum class Progress { need_more, start_line, complete };

    /// Goes on where it stopped. `text` is the message from its first byte on and only grows
    /// between calls. Stops once behind the start line, so that the caller can judge it before it
    /// waits for more, and then at the empty line that ends the head. Errors: bare CR or LF,
    /// another control character, a folded line, limits (414, 431).
    ParseResult<Progress> advance(std::string_view text);

    std::size_t start_line_size() const { return start_line_size_; }  // without its CRLF
    std::size_t head_size() const { return line_start_; }  // once complete: with the empty line

    void reset();

private:
    ParseResult<Progress> end_line(std::string_view text, std::size_t end);
    std::size_t window_end() const;

    std::size_t target_bytes_max_;
    std::size_t fields_bytes_max_;
    std::size_t fields_max_;
    std::size_t scanned_ = 0;     // bytes before this one need no second look
    std::size_t line_start_ = 0;  // first byte of the line that is being read
    std::size_t start_line_size_ = 0;
    std::size_t fields_ = 0;
    bool in_start_line_ = true;
};

}  // namespace sluice::http
