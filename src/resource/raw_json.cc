#include "resource/raw_json.h"

#include <cstddef>

#include "base/check.h"

namespace sluice::resource {
namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Walks over a text that is known to be valid.
class Cursor {
public:
    explicit Cursor(std::string_view text) : text_(text) { skip_space(); }

    char peek() const {
        CHECK(at_ < text_.size(), "a JSON text ended early");
        return text_[at_];
    }
    char take() {
        const char c = peek();
        ++at_;
        return c;
    }
    void skip_space() {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    }
    std::string_view take_value() {
        const std::size_t start = at_;
        const char first = peek();
        if (first == '"') {
            skip_string();
        } else if (first == '{' || first == '[') {
            skip_container();
        } else {
            while (at_ < text_.size() && !ends_scalar(text_[at_])) ++at_;
        }
        return text_.substr(start, at_ - start);
    }

private:
    static bool ends_scalar(char c) { return c == ',' || c == ']' || c == '}' || is_space(c); }

    void skip_string() {
        take();
        for (char c = take(); c != '"'; c = take()) {
            if (c == '\\') take();
        }
    }
    void skip_container() {
        std::size_t depth = 0;
        do {
            const char c = peek();
            if (c == '"') {
                skip_string();
                continue;
            }
            if (c == '{' || c == '[') ++depth;
            if (c == '}' || c == ']') --depth;
            take();
        } while (depth > 0);
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::vector<std::string_view> split_raw_json(std::string_view text) {
    std::vector<std::string_view> values;
    Cursor cursor(text);
    const bool is_object = cursor.take() == '{';
    const char close = is_object ? '}' : ']';
    for (cursor.skip_space(); cursor.peek() != close; cursor.skip_space()) {
        if (is_object) {
            cursor.take_value();
            cursor.skip_space();
            cursor.take();  // ':'
            cursor.skip_space();
        }
        values.push_back(cursor.take_value());
        cursor.skip_space();
        if (cursor.peek() == ',') cursor.take();
    }
    return values;
}

}  // namespace sluice::resource
