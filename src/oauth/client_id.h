// Client identifier syntax: those that Sluice issues or finds in its configuration.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "base/ascii.h"

namespace sluice::oauth {

inline constexpr std::size_t client_id_size_max = 256;  // bytes

/// 1 to 256 letters, digits, '-' and '_'. Narrower than RFC 6749 appendix A.1 (any printable
/// character), so that an identifier needs no escaping in a URL, a header, a log line or HTTP
/// Basic, which clients send unencoded. A client's metadata URL is an identifier too, but of its
/// own kind.
constexpr bool is_client_id(std::string_view text) {
    const auto allowed = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; };
    return !text.empty() && text.size() <= client_id_size_max && std::ranges::all_of(text, allowed);
}

}  // namespace sluice::oauth
