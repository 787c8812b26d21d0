#include "resource/mcp/json_shape.h"

#include <algorithm>

#include "base/ascii.h"

namespace sluice::resource {
namespace {

constexpr int depth_max = 256;

/// Each member takes what it is named after from the front of the rest; false where it is not
/// there.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {
        if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
    }
    bool whole() {
        if (!value(depth_max)) return false;
        skip_space();
        return rest_.empty();
    }

private:
    void skip_space() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
    }
    bool take(std::string_view expected) {
        if (!rest_.starts_with(expected)) return false;
        rest_.remove_prefix(expected.size());
        return true;
    }
    bool value(int depth) {
        skip_space();
        if (rest_.empty() || depth == 0) return false;
        switch (rest_.front()) {
            case '{':
                return items(depth, '}');
            case '[':
                return items(depth, ']');
            case '"':
                return string();
            default:
                return take("true") || take("false") || take("null") || number();
        }
    }
    bool items(int depth, char close) {
        rest_.remove_prefix(1);
        skip_space();
        if (take({&close, 1})) return true;
        do {
            if (close == '}' && !key()) return false;
            if (!value(depth - 1)) return false;
            skip_space();
        } while (take(","));
        return take({&close, 1});
    }
    bool key() {
        skip_space();
        if (!string()) return false;
        skip_space();
        return take(":");
    }
    bool string() {
        if (!take("\"")) return false;
        while (!rest_.empty()) {
            const char c = rest_.front();
            if (static_cast<unsigned char>(c) < 0x20) return false;
            if (c == '\\' && rest_.size() < 2) return false;
            rest_.remove_prefix(c == '\\' ? 2 : 1);
            if (c == '"') return true;
        }
        return false;
    }
    bool number() {
        if (!take("-") && !is_digit(rest_.front())) return false;
        const auto size = std::min(rest_.find_first_not_of("0123456789.eE+-"), rest_.size());
        rest_.remove_prefix(size);
        return size > 0;
    }

    std::string_view rest_;
};

}  // namespace

bool is_json_shaped(std::string_view text) {
    return Scanner(text).whole();
}

}  // namespace sluice::resource
