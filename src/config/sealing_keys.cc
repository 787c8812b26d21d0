#include "config/sealing_keys.h"

#include <fmt/format.h>

namespace sluice::config {
namespace {

constexpr std::size_t size_min = 32;
constexpr std::size_t count_max = 16;
constexpr std::string_view remedy = "`openssl rand -base64 32` makes a good one";

}  // namespace

std::expected<std::vector<Secret>, std::string> parse_sealing_keys(std::string_view text) {
    std::vector<Secret> keys;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
        if (line.empty()) continue;
        if (line.size() < size_min) {
            return std::unexpected(
                fmt::format("has a key of fewer than {} characters; {}", size_min, remedy));
        }
        keys.emplace_back(std::string(line));
    }
    if (keys.empty()) return std::unexpected(fmt::format("has no key; {}", remedy));
    if (keys.size() > count_max) {
        return std::unexpected(fmt::format("has more than {} keys, one a line", count_max));
    }
    return keys;
}

}  // namespace sluice::config
