// Rate limit key of a peer address: IPv4 whole, IPv6 by its /64.
#pragma once

#include <string_view>

#include "base/pooled_text.h"

namespace sluice::oauth {

/// An IPv4 address as it is, an IPv6 address as its /64: one host has all of those to itself, and
/// would otherwise begin anew with each. An IPv4-mapped IPv6 address counts as the IPv4 one, and
/// any other text as it is.
/// address  Of a peer, without port and brackets.
PooledText address_key(std::string_view address);

}  // namespace sluice::oauth
