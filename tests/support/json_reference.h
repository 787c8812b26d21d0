// JSON as RFC 8259 writes its grammar down, one function a rule: slow, and plain enough to judge
// the reader by.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace sluice::test {

class JsonReference {
public:
    /// Reads `text`, whose bytes beyond ASCII are not looked at.
    JsonReference(std::string_view text, std::size_t depth_max) : rest_(text) {
        valid_ = space() && value(depth_max) && space() && rest_.empty();
    }

    bool valid() const { return valid_; }
    /// Every value as it was written, in the order of their first bytes; keys are none.
    const std::vector<std::string_view>& values() const { return values_; }

private:
    bool take(std::string_view expected) {
        if (!rest_.starts_with(expected)) return false;
        rest_.remove_prefix(expected.size());
        return true;
    }
    bool take_one_of(std::string_view bytes) {
        if (rest_.empty() || !bytes.contains(rest_.front())) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool space() {  // ws
        while (take_one_of(" \t\n\r")) {
        }
        return true;
    }
    bool value(std::size_t depth) {
        const std::string_view start = rest_;
        const std::size_t place = values_.size();
        values_.emplace_back();
        const bool good = any_value(depth);
        values_[place] = start.substr(0, start.size() - rest_.size());
        return good;
    }
    bool any_value(std::size_t depth) {
        if (rest_.starts_with('[')) return depth > 0 && list(depth, "[", "]", false);
        if (rest_.starts_with('{')) return depth > 0 && list(depth, "{", "}", true);
        if (rest_.starts_with('"')) return string();
        return take("false") || take("null") || take("true") || number();
    }
    bool list(std::size_t depth, std::string_view open, std::string_view close, bool has_keys) {
        take(open);
        space();
        if (take(close)) return true;
        do {
            space();
            if (has_keys && !(string() && space() && take(":") && space())) return false;
            if (!value(depth - 1)) return false;
            space();
        } while (take(","));
        return take(close);
    }
    bool number() {
        take("-");
        if (!take("0") && !digits()) return false;
        if (take(".") && !digits()) return false;
        if (take_one_of("eE")) {
            take_one_of("+-");
            return digits();
        }
        return true;
    }
    bool digits() {
        const std::size_t before = rest_.size();
        while (take_one_of("0123456789")) {
        }
        return rest_.size() < before;
    }
    bool string() {
        if (!take("\"")) return false;
        while (!rest_.empty()) {
            if (take("\"")) return true;
            if (static_cast<unsigned char>(rest_.front()) < 0x20) return false;
            if (!take("\\")) {
                rest_.remove_prefix(1);
            } else if (take("u")) {
                for (int i = 0; i < 4; ++i) {
                    if (!take_one_of("0123456789abcdefABCDEF")) return false;
                }
            } else if (!take_one_of("\"\\/bfnrt")) {
                return false;
            }
        }
        return false;
    }

    std::string_view rest_;
    std::vector<std::string_view> values_;
    bool valid_ = false;
};

}  // namespace sluice::test
