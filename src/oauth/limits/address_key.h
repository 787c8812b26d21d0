// Rate limit key of a peer address: IPv4 whole, IPv6 by its /64; and how many people it is.
#pragma once

#include <string_view>

#include "base/pooled_text.h"
#include "http/message.h"
#include "oauth/settings.h"

namespace sluice::oauth {

/// An IPv4 address as it is, an IPv6 address as its /64: one host has all of those to itself, and
/// would otherwise begin anew with each. An IPv4-mapped IPv6 address counts as the IPv4 one, and
/// any other text as it is.
/// address  Of a peer, without port and brackets.
PooledText address_key(std::string_view address);

/// What limits by address count: a request's peer.
struct PeerAddress {
    PooledText key;       // address_key()
    unsigned people = 1;  // limits are so many times wider: above 1 in a trusted network
};

/// As many as share an address of a trusted network and notice nothing of each other; not more, so
/// that one who attacks from there is stopped too.
inline constexpr unsigned people_behind_shared_address = 100;

PeerAddress peer_address(const Settings& settings, const http::Request& request);

}  // namespace sluice::oauth
