// Client key beside its state: short ones in place, so that comparing costs no further cache miss.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/check.h"

namespace sluice::friction {

/// Empty until assigned; clear() before it is forgotten.
class ClientKey {
public:
    static constexpr std::size_t in_place_max = 32;  // a SHA-256

    std::string_view text() const { return {is_long() ? long_text() : bytes_, size_}; }
    bool operator==(std::string_view other) const {
        if (size_ != other.size()) return false;
        if (size_ == in_place_max) return std::memcmp(bytes_, other.data(), in_place_max) == 0;
        return text() == other;
    }
    /// Its text has memory of its own.
    bool is_long() const { return size_ > in_place_max; }

    void assign(std::string_view text) {
        CHECK(size_ == 0 && text.size() <= UINT32_MAX);
        size_ = static_cast<std::uint32_t>(text.size());
        char* to = bytes_;
        if (is_long()) {
            to = new char[text.size()];
            std::memcpy(bytes_, &to, sizeof to);
        }
        if (!text.empty()) std::memcpy(to, text.data(), text.size());
    }

    void clear() {
        if (is_long()) delete[] long_text();
        size_ = 0;
    }

private:
    char* long_text() const {
        char* text = nullptr;
        std::memcpy(&text, bytes_, sizeof text);
        return text;
    }

    std::uint32_t size_ = 0;
    char bytes_[in_place_max];  // the text, or where a longer one is
};

}  // namespace sluice::friction
