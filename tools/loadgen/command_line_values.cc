// What single options of the command line hold.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "base/ascii.h"
#include "base/result.h"
#include "loadgen/command_line.h"
#include "loadgen/scenarios/scenario_kind.h"

namespace sluice::loadgen {
namespace {

struct Number {
    double value;
    std::string_view unit;
};

std::optional<Number> split_number(std::string_view text) {
    const std::string copy(text);
    if (copy.empty() || !(is_digit(copy[0]) || copy[0] == '.')) return std::nullopt;
    char* end = nullptr;
    const double value = std::strtod(copy.c_str(), &end);
    if (end == copy.c_str() || !std::isfinite(value) || value < 0) return std::nullopt;
    return Number{value, text.substr(static_cast<std::size_t>(end - copy.c_str()))};
}

/// The pieces of "a,b,c".
std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> pieces;
    for (;;) {
        const std::size_t comma = text.find(',');
        pieces.push_back(text.substr(0, comma));
        if (comma == std::string_view::npos) return pieces;
        text.remove_prefix(comma + 1);
    }
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    const auto number = split_number(text);
    if (!number) return std::nullopt;
    double unit_ns = 0;
    if (number->unit == "us") unit_ns = 1e3;
    if (number->unit == "ms") unit_ns = 1e6;
    if (number->unit == "s" || number->unit.empty()) unit_ns = 1e9;
    if (number->unit == "m") unit_ns = 60e9;
    if (number->unit == "h") unit_ns = 3600e9;
    const double nanoseconds = number->value * unit_ns;
    if (unit_ns == 0 || nanoseconds > 1e18) return std::nullopt;
    return Duration(static_cast<std::int64_t>(nanoseconds));
}

std::optional<double> parse_amount(std::string_view text) {
    const auto number = split_number(text);
    if (!number) return std::nullopt;
    if (number->unit.empty()) return number->value;
    if (number->unit == "k" || number->unit == "K") return number->value * 1e3;
    if (number->unit == "M") return number->value * 1e6;
    return std::nullopt;
}

std::expected<std::vector<MixPart>, std::string> parse_mix(std::string_view text) {
    std::vector<MixPart> parts;
    for (const std::string_view piece : split(text)) {
        const std::size_t equals = piece.find('=');
        const std::string_view name = piece.substr(0, equals);
        const auto kind = scenario_of(name);
        const bool fits = kind && *kind != ScenarioKind::mix && *kind != ScenarioKind::idle_streams;
        if (!fits) return failure(fmt::format("'{}' cannot be part of a mix", name));
        double weight = 1;
        if (equals != std::string_view::npos) {
            const auto number = parse_amount(piece.substr(equals + 1));
            if (!number || *number <= 0) {
                return failure(fmt::format("'{}' has no weight above 0", piece));
            }
            weight = *number;
        }
        parts.push_back({*kind, weight});
    }
    return parts;
}

std::optional<std::vector<unsigned>> parse_cores(std::string_view text) {
    constexpr std::uint64_t core_max = 1023;
    std::vector<unsigned> cores;
    for (const std::string_view piece : split(text)) {
        const std::size_t dash = piece.find('-');
        const auto first = parse_decimal(piece.substr(0, dash));
        const auto last =
            dash == std::string_view::npos ? first : parse_decimal(piece.substr(dash + 1));
        if (!first || !last || *first > *last || *last > core_max) return std::nullopt;
        for (std::uint64_t core = *first; core <= *last; ++core) {
            cores.push_back(static_cast<unsigned>(core));
        }
    }
    return cores;
}

}  // namespace sluice::loadgen
