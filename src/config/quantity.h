// Durations and sizes as the configuration writes them: a whole number and a unit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace sluice::config {

struct Bytes {
    std::uint64_t count = 0;
    auto operator<=>(const Bytes&) const = default;
};

constexpr Bytes kibibytes(std::uint64_t n) {
    return {n * 1024};
}
constexpr Bytes mebibytes(std::uint64_t n) {
    return {n * 1024 * 1024};
}

/// A number that may also be written "inf".
struct Amount {
    double value = 0;
};

/// "250ms", "10s", "5m", "1h", "30d". Nothing for any other form, or above 36500d.
std::optional<Duration> parse_duration(std::string_view text);
/// "512B", "32KiB", "4MiB", "1GiB". Nothing for any other form, or above 1024GiB.
std::optional<Bytes> parse_bytes(std::string_view text);

// The shortest text that reads back as the same value.
std::string to_text(Duration duration);
std::string to_text(Bytes bytes);
std::string to_text(double number);

}  // namespace sluice::config
