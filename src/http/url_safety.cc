#include "http/url_safety.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "http/address_scope.h"
#include "http/url_split.h"

namespace sluice::http {
namespace {

constexpr std::size_t name_size_max = 253;  // RFC 1035 §2.3.4
constexpr std::size_t label_size_max = 63;

bool has_printable_characters(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; });
}

bool is_port(std::string_view text) {
    const auto number = parse_decimal(text);
    return text.empty() || (number && *number > 0 && *number <= 65535);
}

std::string_view last_label(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

/// inet_aton(3), and with it every resolver, takes a name that ends in a number for an address.
bool ends_in_number(std::string_view name) {
    const std::string_view label = last_label(name);
    return label.starts_with("0x") || std::ranges::all_of(label, is_digit);
}

bool is_label(std::string_view label) {
    const auto allowed = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; };
    return !label.empty() && label.size() <= label_size_max && std::ranges::all_of(label, allowed);
}

bool is_name(std::string_view name) {
    if (name.empty() || name.size() > name_size_max || ends_in_number(name)) return false;
    while (true) {
        const std::size_t dot = name.find('.');
        if (!is_label(name.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        name.remove_prefix(dot + 1);
    }
}

/// One label of letters, digits and single inner hyphens that begins with a letter (RFC 952).
bool is_neighbour(std::string_view name) {
    const auto allowed = [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; };
    return is_alpha(name.front()) && name.back() != '-' && !name.contains("--") &&
           std::ranges::all_of(name, allowed);
}

bool is_localhost(std::string_view name) {  // RFC 6761 §6.3
    return name == "localhost" || name.ends_with(".localhost");
}

/// The host to judge: lower case, without brackets.
std::string normal_host(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return to_lower(host);
}

}  // namespace

bool is_plain_host(std::string_view host) {
    const bool in_brackets = host.starts_with('[') && host.ends_with(']');
    const std::string plain = normal_host(host);
    if (address_scope(plain)) return in_brackets == plain.contains(':');
    return !in_brackets && is_name(plain);
}

bool is_safe_url(std::string_view url, bool allow_localhost) {
    if (!has_printable_characters(url)) return false;
    const UrlParts parts = split_url(url);
    const bool is_https = equal_ignoring_case(parts.scheme, "https");
    if (!is_https && !equal_ignoring_case(parts.scheme, "http")) return false;
    if (!parts.authority) return false;
    const AuthorityParts authority = split_authority(*parts.authority);
    if (!is_port(authority.port.value_or(""))) return false;

    std::string host = normal_host(authority.host);
    // The dot that makes a name absolute: a certificate's name decides all the same, but over http
    // the names that pass are those of a container network, and the resolver's search list with
    // them.
    if (host.ends_with('.')) {
        if (!is_https) return false;
        host.pop_back();
        if (address_scope(host)) return false;
    }
    if (is_localhost(host)) return allow_localhost && (is_https || host == "localhost");
    const bool in_brackets = authority.host.starts_with('[');
    if (const auto scope = address_scope(host); scope && in_brackets == host.contains(':')) {
        return *scope == AddressScope::loopback && allow_localhost;
    }
    if (!is_name(host) || in_brackets) return false;
    return is_https || is_neighbour(host) || host.ends_with(".cluster.local");
}

}  // namespace sluice::http
