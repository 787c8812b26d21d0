#include "server/trusted_proxies.h"

#include <algorithm>

#include "base/ascii.h"

namespace sluice::server {
namespace {

/// The last element of a comma-separated list, which is cut off it.
std::string_view take_last(std::string_view& list) {
    const std::size_t comma = list.rfind(',');
    const std::string_view last = comma == std::string_view::npos ? list : list.substr(comma + 1);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
    return trim(last);
}

/// The value of `for` in one element of a Forwarded field (RFC 7239 §4): without quotes.
std::string_view forwarded_for(std::string_view element) {
    while (!element.empty()) {
        const std::size_t semicolon = element.find(';');
        const std::string_view pair = trim(element.substr(0, semicolon));
        element = semicolon == std::string_view::npos ? "" : element.substr(semicolon + 1);
        if (pair.size() < 4 || !equal_ignoring_case(pair.substr(0, 4), "for=")) continue;
        std::string_view node = pair.substr(4);
        if (node.size() >= 2 && node.starts_with('"') && node.ends_with('"')) {
            node = node.substr(1, node.size() - 2);
        }
        return node;
    }
    return {};
}

/// Without brackets and port: "192.0.2.1:80" and "[2001:db8::1]:80" are written too.
std::string_view without_port(std::string_view node) {
    if (node.starts_with('[')) return node.substr(1, std::max<std::size_t>(node.find(']'), 1) - 1);
    const std::size_t colon = node.find(':');
    const bool is_v6 = colon != std::string_view::npos && node.find(':', colon + 1) != node.npos;
    return is_v6 ? node : node.substr(0, colon);
}

}  // namespace

bool TrustedProxies::trusts(const io::Address& address) const {
    if (address.family() == AF_UNIX) return trusts_unix_peers_;
    return std::ranges::any_of(
        networks_, [&](const http::IpNetwork& network) { return network.contains(address); });
}

std::string_view TrustedProxies::client_of(const io::Address& peer, std::string_view peer_text,
                                           const http::Request& request) const {
    if (!trusts(peer)) return peer_text;
    // Most proxies write X-Forwarded-For alone and pass a client's own Forwarded on.
    const bool standard = !request.field("X-Forwarded-For").has_value();
    std::string_view client = peer_text;
    const auto fields = request.fields();
    for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
        if (!equal_ignoring_case(field->name, standard ? "Forwarded" : "X-Forwarded-For")) continue;
        std::string_view list = field->value;
        while (!list.empty()) {
            const std::string_view element = take_last(list);
            const std::string_view node = without_port(standard ? forwarded_for(element) : element);
            const auto address = io::Address::from_ip(node, 0);
            if (!address) return client;  // "unknown", obfuscated or malformed: the last one known
            client = node;
            if (!trusts(*address)) return client;
        }
    }
    return client;
}

}  // namespace sluice::server
