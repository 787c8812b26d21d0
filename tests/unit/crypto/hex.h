// Bytes as hexadecimal text, as the RFCs print their vectors.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <span>
#include <string>

namespace sluice::crypto {

inline std::string hex(std::span<const std::byte> bytes) {
    std::string text;
    for (const std::byte byte : bytes) text += fmt::format("{:02x}", std::to_integer<int>(byte));
    return text;
}

}  // namespace sluice::crypto
