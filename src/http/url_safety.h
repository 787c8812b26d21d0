// SSRF guard, by URL: whether a configured upstream or introspection endpoint may be connected to.
#pragma once

#include <string_view>

namespace sluice::http {

/// True for
///  - https to any name;
///  - http to a name of one label ("mcp-auth": a neighbour in the same container network) or below
///    "cluster.local" (Kubernetes), without a dot at its end, and to nothing else;
///  - http and https to "localhost" and loopback addresses, https to names below "localhost" too,
///    where `allow_localhost`.
/// False for everything else: no scheme or another, no host, every other IP address, a number that
/// only resolvers take for an address ("0x7f.1"), a character no URL may hold.
///
/// It judges the text of a URL that an operator wrote. A caller whose URL comes from a client
/// (metadata documents, key sets) must be stricter in three ways: demand https; refuse userinfo and
/// a fragment, which pass here ("http://a@mcp-auth/" names mcp-auth); and, since a name may resolve
/// to anything, connect only to an address that address_scope() finds global.
bool is_safe_url(std::string_view url, bool allow_localhost);

/// A host as everybody reads it alike, in any case: labels of letters, digits, '-' and '_' without
/// a dot at the end, an IPv4 address of four decimal numbers, an IPv6 address in brackets without a
/// zone. False for "a..b", "a.example.", "127.1", "0x7f.0.0.1", "%61.example".
bool is_plain_host(std::string_view host);

}  // namespace sluice::http
