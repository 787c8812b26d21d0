#include "resource/mcp/raw_json.h"

#include <array>

#include "base/check.h"

namespace sluice::resource {
namespace {

constexpr bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
constexpr bool ends_scalar(char c) {
    return c == ',' || c == ']' || c == '}' || is_space(c);
}

/// What matters when an array or object is skipped: quotes, +1 for an opening bracket, -1 for a
/// closing one.
constexpr signed char quote = 2;
constexpr auto marks = [] {
    std::array<signed char, 256> table{};
    table['"'] = quote;
    table['{'] = table['['] = 1;
    table['}'] = table[']'] = -1;
    return table;
}();

/// Walks over the values of an array or object that is known to be valid.
class Walker {
public:
    explicit Walker(std::string_view text) : text_(text) {
        // RFC 8259 §8.1: a byte order mark may be ignored, and the reader skips it.
        if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
        skip_space();
        is_object_ = peek() == '{';
        ++at_;
    }

    /// False where there is no further value.
    bool next() {
        skip_space();
        if (peek() == ',') {
            ++at_;
            skip_space();
        }
        if (peek() == ']' || peek() == '}') return false;
        if (is_object_) {
            skip_string();
            skip_space();
            ++at_;  // ':'
            skip_space();
        }
        const std::size_t start = at_;
        skip_value();
        value_ = text_.substr(start, at_ - start);
        return true;
    }
    std::string_view value() const { return value_; }

private:
    char peek() const {
        CHECK(at_ < text_.size(), "a JSON text ended early");
        return text_[at_];
    }
    void skip_space() {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    }
    void skip_string() {
        std::size_t escapes = 0;
        do {
            const std::size_t close = text_.find('"', at_ + 1);
            CHECK(close != std::string_view::npos, "a JSON text ended in a string");
            for (escapes = 0; text_[close - 1 - escapes] == '\\'; ++escapes) {
            }
            at_ = close;
        } while (escapes % 2 == 1);
        ++at_;
    }
    void skip_value() {
        if (peek() == '"') return skip_string();
        if (marks[static_cast<unsigned char>(peek())] == 1) return skip_container();
        // At least one, so that a walk ends whatever the text holds.
        do ++at_;
        while (at_ < text_.size() && !ends_scalar(text_[at_]));
    }
    void skip_container() {
        int depth = 0;
        do {
            const signed char mark = marks[static_cast<unsigned char>(peek())];
            if (mark == quote) {
                skip_string();
                continue;
            }
            depth += mark;
            ++at_;
        } while (depth > 0);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool is_object_ = false;
    std::string_view value_;
};

}  // namespace

std::vector<std::string_view> split_raw_json(std::string_view text) {
    std::vector<std::string_view> values;
    Walker walker(text);
    while (walker.next()) values.push_back(walker.value());
    return values;
}

std::string_view find_raw_json(std::string_view text, std::size_t index) {
    Walker walker(text);
    for (std::size_t i = 0; i <= index; ++i) CHECK(walker.next(), "a value is not there");
    return walker.value();
}

}  // namespace sluice::resource
