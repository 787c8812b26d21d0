// SSRF guard, by URL: whether a configured upstream or introspection endpoint may be connected to.
#pragma once

#include <string_view>

namespace sluice::http {

/// True for
///  - https to any name, or to a public IP address;
///  - http to a name of one label ("mcp-auth": a neighbour in the same container network) or below
///    "cluster.local" (Kubernetes), and to nothing else;
///  - http and https to "localhost", names below it and loopback addresses, where
///  `allow_localhost`.
/// False for everything else: no scheme or another, no host, a private, link-local or otherwise
/// special address, a number that only resolvers take for an address ("0x7f.1"), a character no URL
/// may hold.
///
/// It judges the text of a URL that an operator wrote. A caller whose URL comes from a client
/// (metadata documents, key sets) must be stricter in three ways: demand https; refuse userinfo and
/// a fragment, which pass here ("http://a@mcp-auth/" names mcp-auth); and, since a name may resolve
/// to anything, connect only to an address that address_scope() finds global.
bool is_safe_url(std::string_view url, bool allow_localhost);

}  // namespace sluice::http
