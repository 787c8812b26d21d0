#include "http/host_rule.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "http/address_scope.h"
#include "http/url_safety.h"
#include "http/url_split.h"

namespace sluice::http {
namespace {

/// The host in lower case, an address without brackets; empty where it is written in no plain form.
std::string host_of(std::string_view authority) {
    const AuthorityParts parts = split_authority(authority);
    if (parts.userinfo || !is_plain_host(parts.host)) return {};
    if (parts.port && !std::ranges::all_of(*parts.port, is_digit)) return {};
    std::string_view host = parts.host;
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    return to_lower(host);
}

}  // namespace

HostRule::HostRule(const std::vector<std::string>& names, Addresses addresses)
    : addresses_(addresses) {
    for (const std::string& name : names) names_.push_back(to_lower(name));
}

bool HostRule::names(std::string_view authority) const {
    const std::string host = host_of(authority);
    return !host.empty() && std::ranges::find(names_, host) != names_.end();
}

bool HostRule::allows(std::string_view authority) const {
    const std::string host = host_of(authority);
    if (host.empty()) return false;
    if (host == "localhost" || std::ranges::find(names_, host) != names_.end()) return true;
    const std::optional<AddressScope> scope = address_scope(host);
    return scope && (addresses_ == Addresses::all || *scope == AddressScope::loopback);
}

}  // namespace sluice::http
