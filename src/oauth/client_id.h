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

/// What every identifier that registration (RFC 7591) issues begins with.
inline constexpr std::string_view registered_client_prefix = "client_";

/// An identifier for a log line or a page: a sealed one (registered_client_id.h) is long, and its
/// beginning alone tells it from all others.
constexpr std::string_view short_client_id(std::string_view client_id) {
    constexpr std::size_t plain_size_max = 64;  // bytes; those of earlier versions are shorter
    constexpr std::size_t short_size = 29;      // 132 bits behind the prefix
    const bool sealed =
        client_id.size() > plain_size_max && client_id.starts_with(registered_client_prefix);
    return sealed ? client_id.substr(0, short_size) : client_id;
}

}  // namespace sluice::oauth
