#include "resource/mcp/decided_keys.h"

#include "base/ascii.h"

namespace sluice::resource {
namespace {

bool equals_ignoring_case(std::string_view key, std::string_view lower) {
    for (std::size_t i = 0; i < lower.size(); ++i) {
        if (to_lower(key[i]) != lower[i]) return false;
    }
    return true;
}

/// The same where letters beyond ASCII, of several bytes each, stand for some.
bool equals_folded(std::string_view key, std::string_view lower) {
    for (const char letter : lower) {
        if (key.empty()) return false;
        const auto fold = std::ranges::find_if(
            key_folds, [&](const KeyFold& one) { return key.starts_with(one.bytes); });
        if ((fold == key_folds.end() ? to_lower(key.front()) : fold->letter) != letter) {
            return false;
        }
        key.remove_prefix(fold == key_folds.end() ? 1 : fold->bytes.size());
    }
    return key.empty();
}

constexpr std::size_t fold_bytes_max = 3;

}  // namespace

std::optional<DecidedKeys::Match> DecidedKeys::match(std::string_view key) const {
    for (std::size_t i = 0; i < names_.size(); ++i) {
        const std::string_view name = names_[i];
        if (key.size() < name.size() || key.size() > fold_bytes_max * name.size()) continue;
        if (key.size() == name.size()) {
            if (key == name) return Match{i, false};
            if (equals_ignoring_case(key, name)) return Match{i, true};
        } else if (equals_folded(key, name)) {
            return Match{i, true};
        }
    }
    return std::nullopt;
}

}  // namespace sluice::resource
