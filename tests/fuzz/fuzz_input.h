// Helpers of fuzz targets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Cuts `text` at places that its own bytes decide, so that a failing input fails again.
inline std::vector<std::string_view> cut(std::string_view text, std::uint64_t salt) {
    std::uint64_t state = salt * 0x9e3779b97f4a7c15 + text.size();
    std::vector<std::string_view> pieces;
    while (!text.empty()) {
        state = (state ^ static_cast<unsigned char>(text.front())) * 0x100000001b3;
        const std::size_t size = 1 + (state >> 33) % (salt < 2 ? 1 + salt : text.size());
        pieces.push_back(text.substr(0, size));
        text.remove_prefix(pieces.back().size());
    }
    return pieces;
}

}  // namespace sluice::fuzz
