// Reading and writing event streams.
#include "http/sse.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace sluice::http {

SseReader::SseReader(std::size_t event_bytes_max) : event_bytes_max_(event_bytes_max) {}

std::expected<std::optional<SseEvent>, SseReader::TooLarge> SseReader::next() {
    if (block_given_) {
        event_.clear();
        data_.clear();
        retry_.clear();
        comment_.clear();
        id_.clear();
        has_data_ = has_id_ = has_comment_ = block_given_ = false;
        block_bytes_ = 0;
    }
    if (at_start_ && buffer_.size() < 3 && std::string_view("\xef\xbb\xbf").starts_with(buffer_)) {
        return std::nullopt;
    }
    if (std::exchange(at_start_, false) && buffer_.starts_with("\xef\xbb\xbf"))
        read_ = scanned_ = 3;
    while (const std::optional<std::string_view> line = next_line()) {
        block_bytes_ += line->size();
        if (block_bytes_ > event_bytes_max_) return std::unexpected(TooLarge{});
        if (!line->empty()) {
            read_line(*line);
        } else if (block_empty()) {
            block_bytes_ = 0;
        } else {
            block_given_ = true;
            return SseEvent{event_, data_, id_, retry_, has_data_, has_id_, comment_, has_comment_};
        }
    }
    CHECK(read_ <= scanned_ && scanned_ <= buffer_.size());
    buffer_.erase(0, read_);
    scanned_ -= read_;
    read_ = 0;
    if (block_bytes_ + buffer_.size() > event_bytes_max_) return std::unexpected(TooLarge{});
    return std::nullopt;
}

// A CR ends a line at once: what follows may be long in coming. An LF right behind it belongs to
// it.
std::optional<std::string_view> SseReader::next_line() {
    const std::string_view text = buffer_;
    if (after_cr_ && read_ < text.size()) {
        after_cr_ = false;
        if (text[read_] == '\n') ++read_;
        scanned_ = std::max(scanned_, read_);
    }
    const std::size_t end = text.find_first_of("\r\n", scanned_);
    scanned_ = std::min(end, text.size());
    if (end == std::string_view::npos) return std::nullopt;
    after_cr_ = text[end] == '\r';
    const std::string_view line = text.substr(read_, end - read_);
    read_ = scanned_ = end + 1;
    return line;
}

// Nothing that anybody knows stood in the block.
bool SseReader::block_empty() const {
    return !has_data_ && !has_id_ && !has_comment_ && event_.empty() && retry_.empty();
}

void SseReader::read_line(std::string_view line) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(std::min(colon + 1, line.size()));
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name.empty()) {
        comment_ = value;
        has_comment_ = true;
    } else if (name == "data") {
        if (has_data_) data_ += '\n';
        data_ += value;
        has_data_ = true;
    } else if (name == "event") {
        event_ = value;
    } else if (name == "id" && value.find('\0') == std::string_view::npos) {
        id_ = value;
        has_id_ = true;
    } else if (name == "retry" &&
               std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; })) {
        retry_ = value;
    }
}

void append_sse(std::string& out, const SseEvent& event) {
    CHECK(event.event.find_first_of("\r\n") == std::string_view::npos, "an event's name is a line");
    CHECK(event.id.find_first_of("\r\n") == std::string_view::npos, "an event's id is a line");
    if (event.has_comment) out.append(": ").append(event.comment).append("\n");
    if (event.has_id) out.append("id: ").append(event.id).append("\n");
    if (!event.event.empty()) out.append("event: ").append(event.event).append("\n");
    if (!event.retry.empty()) out.append("retry: ").append(event.retry).append("\n");
    if (event.has_data) {
        std::string_view rest = event.data;
        for (;;) {
            const std::size_t end = rest.find_first_of("\r\n");
            out.append("data: ").append(rest.substr(0, end)).append("\n");
            if (end == std::string_view::npos) break;
            rest.remove_prefix(rest.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
        }
    }
    out += '\n';
}

}  // namespace sluice::http
