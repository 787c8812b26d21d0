#include "config/quantity.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "base/ascii.h"

namespace sluice::config {
namespace {

struct DurationUnit {
    std::string_view name;
    Duration length;
};
constexpr std::array<DurationUnit, 5> duration_units{{{"d", std::chrono::days(1)},
                                                      {"h", std::chrono::hours(1)},
                                                      {"m", std::chrono::minutes(1)},
                                                      {"s", std::chrono::seconds(1)},
                                                      {"ms", std::chrono::milliseconds(1)}}};
constexpr Duration duration_max = std::chrono::days(36'500);

struct ByteUnit {
    std::string_view name;
    std::uint64_t size;
};
constexpr std::array<ByteUnit, 4> byte_units{
    {{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"B", 1}}};
constexpr std::uint64_t bytes_max = 1ULL << 40;

struct Quantity {
    std::uint64_t number;
    std::string_view unit;
};

std::optional<Quantity> split(std::string_view text) {
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) ++digits;
    const auto number = parse_decimal(text.substr(0, digits));
    if (!number) return std::nullopt;
    return Quantity{*number, text.substr(digits)};
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    const auto quantity = split(text);
    if (!quantity) return std::nullopt;
    for (const auto& [name, length] : duration_units) {
        if (quantity->unit != name) continue;
        if (quantity->number > static_cast<std::uint64_t>(duration_max / length))
            return std::nullopt;
        return length * static_cast<std::int64_t>(quantity->number);
    }
    return std::nullopt;
}

std::optional<Bytes> parse_bytes(std::string_view text) {
    const auto quantity = split(text);
    if (!quantity) return std::nullopt;
    for (const auto& [name, size] : byte_units) {
        if (quantity->unit != name) continue;
        if (quantity->number > bytes_max / size) return std::nullopt;
        return Bytes{quantity->number * size};
    }
    return std::nullopt;
}

std::string to_text(Duration duration) {
    if (duration == Duration::zero()) return "0s";
    for (const auto& [name, length] : duration_units) {
        if (duration % length == Duration::zero())
            return fmt::format("{}{}", duration / length, name);
    }
    return fmt::format("{}ns", duration.count());
}

std::string to_text(Bytes bytes) {
    for (const auto& [name, size] : byte_units) {
        if (bytes.count % size == 0 && bytes.count >= size) {
            return fmt::format("{}{}", bytes.count / size, name);
        }
    }
    return "0B";
}

std::string to_text(double number) {
    return fmt::format("{}", number);
}

}  // namespace sluice::config
