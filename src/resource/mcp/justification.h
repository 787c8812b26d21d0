// Justification: the reason that a caller gives for a tool call, where friction asks for one.
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::resource {

constexpr std::size_t justification_bytes_max = 512;  // what is kept of a longer one
constexpr std::string_view justification_key = "sluice/justification";    // in a call's _meta
constexpr std::string_view justification_field = "Sluice-Justification";  // HTTP

/// What counts of `text` and may stand in a log: without blanks and control characters at its ends,
/// cut between two characters at most justification_bytes_max bytes. Empty: no reason was given.
std::string_view trim_justification(std::string_view text);

}  // namespace sluice::resource
