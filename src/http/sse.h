// Server-sent events (SSE, HTML Living Standard §9.2): reading a stream of them, writing them.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

/// One block of an event stream; views valid until the reader's next call.
struct SseEvent {
    std::string_view event;  // empty: "message"
    std::string_view data;   // lines joined by '\n'
    std::string_view id;
    std::string_view retry;  // digits
    bool has_data = false;   // without it the block is a comment or only sets id or retry
    bool has_id = false;
    std::string_view comment;  // the last comment line
    bool has_comment = false;
};

/// Takes a stream apart as it arrives, whatever the split; LF, CR and CRLF end lines, and a CR ends
/// its line before it is known what follows.
class SseReader {
public:
    explicit SseReader(std::size_t event_bytes_max = 4 * 1024 * 1024);

    void append(std::string_view bytes) { buffer_.append(bytes); }

    struct TooLarge {};
    /// The next block that an empty line ended; nothing where more bytes are needed. An unfinished
    /// block at the end of a stream is none. Errors: a block above `event_bytes_max`.
    std::expected<std::optional<SseEvent>, TooLarge> next();

private:
    std::optional<std::string_view> next_line();
    void read_line(std::string_view line);
    bool block_empty() const;

    std::size_t event_bytes_max_;
    std::string buffer_;
    std::size_t read_ = 0;     // buffer_ before this was taken apart
    std::size_t scanned_ = 0;  // no line end stands between read_ and this
    bool at_start_ = true;     // a byte order mark may follow
    bool after_cr_ = false;    // an LF may follow that ends no line of its own
    bool block_given_ = false;
    std::size_t block_bytes_ = 0;
    std::string event_;
    std::string data_;
    std::string id_;
    std::string retry_;
    std::string comment_;
    bool has_data_ = false;
    bool has_id_ = false;
    bool has_comment_ = false;
};

/// Appends one event: "id", "event" and "retry" lines where they are given, "data" lines split at
/// line ends, an empty line.
void append_sse(std::string& out, const SseEvent& event);

/// A comment that keeps intermediaries and clients from giving the stream up.
inline constexpr std::string_view sse_heartbeat = ": heartbeat\n\n";

}  // namespace sluice::http
