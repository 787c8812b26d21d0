// Edit distance (Levenshtein): which known word a misspelt one was meant to be.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::config {

/// The word of `known` nearest to `word` by insertions, deletions and replacements, where that
/// takes no more than a third of its letters (at least one, at most three); nothing otherwise.
std::optional<std::string> nearest_word(std::string_view word, std::span<const std::string> known);

}  // namespace sluice::config
