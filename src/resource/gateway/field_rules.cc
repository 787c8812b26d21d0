#include "resource/gateway/field_rules.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "base/ascii.h"

namespace sluice::resource {
namespace {

/// Names in lower case that begin with a letter, ordered at compile time so that a name is compared
/// only with those of its first letter.
template <std::size_t Count>
class Names {
public:
    explicit consteval Names(std::array<std::string_view, Count> names) : names_(names) {
        std::ranges::sort(names_);
        for (std::size_t letter = 0; letter < starts_.size(); ++letter) {
            const char first = static_cast<char>('a' + letter);
            starts_[letter] = static_cast<std::uint8_t>(std::ranges::count_if(
                names_, [first](std::string_view name) { return name.front() < first; }));
        }
    }
    constexpr bool contain(std::string_view lower) const {
        const auto known = of_same_letter(lower);
        return std::ranges::find(known, lower) != known.end();
    }
    /// Whether one of the names begins `lower`.
    constexpr bool contain_start_of(std::string_view lower) const {
        return std::ranges::any_of(of_same_letter(lower), [lower](std::string_view name) {
            return lower.starts_with(name);
        });
    }

private:
    constexpr std::span<const std::string_view> of_same_letter(std::string_view lower) const {
        if (lower.empty() || lower.front() < 'a' || lower.front() > 'z') return {};
        const auto letter = static_cast<std::size_t>(lower.front() - 'a');
        return std::span(names_).subspan(starts_[letter], starts_[letter + 1] - starts_[letter]);
    }

    std::array<std::string_view, Count> names_;
    std::array<std::uint8_t, 'z' - 'a' + 2> starts_{};  // of each letter; the last is the end
};
template <class... Texts>
consteval auto names(Texts... texts) {
    return Names<sizeof...(texts)>({std::string_view(texts)...});
}

// RFC 9110 §7.6.1, and what a connection frames by itself.
constexpr auto hop_by_hop =
    names("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
          "proxy-connection", "expect", "content-length", "host", "date", "proxy-authenticate");

// What a client must not tell an upstream: its credentials (the upstream trusts the gateway, and a
// token meant for the gateway must go no further), its origin (checked already), and what only a
// proxy may say. Mcp-Session-Id is sealed and written anew. Accept-Encoding too, since a compressed
// list could not be filtered.
constexpr auto private_to_client =
    names("authorization", "cookie", "cookie2", "dpop", "origin", "referer", "forwarded", "via",
          "x-real-ip", "x-client-ip", "true-client-ip", "content-type", "content-encoding",
          "x-rewrite-url", "x-http-method-override", "x-http-method", "x-method-override", "x-user",
          "x-user-id", "x-user-email", "x-email", "x-roles", "x-groups", "x-forwarded",
          "x-cluster-client-ip", "fly-client-ip", "x-authorization", "x-access-token",
          "accept-encoding", "sluice-justification", "mcp-session-id",
          "access-control-request-method", "access-control-request-headers");
constexpr auto private_prefixes = names(
    "x-sluice-", "x-forwarded-", "x-original-", "proxy-", "sec-", "x-auth-", "x-authenticated-",
    "remote-", "cf-", "x-envoy-", "x-accel-", "x-ms-client-principal", "x-amzn-oidc-", "x-goog-",
    "x-remote-", "x-webauth-", "x-consumer-", "x-ssl-client-", "tailscale-user-", "client-cert");

// What an upstream must not tell a client: it would be sent to another place, be asked for
// credentials that are not the gateway's, or see a cookie that is never sent back.
constexpr auto private_to_upstream = names(
    "www-authenticate", "authentication-info", "set-cookie", "set-cookie2", "location", "alt-svc",
    "strict-transport-security", "server", "vary", "x-powered-by", "mcp-session-id");
constexpr auto answer_prefixes = names("access-control-", "proxy-", "x-accel-", "x-sluice-");

constexpr std::size_t connection_options_max = 32;  // each is compared with every field

// Never stripped because Connection names them: a client could else take from the upstream what
// the gateway has checked.
constexpr auto always_end_to_end = names("accept", "content-type", "last-event-id");

/// The start of a name in lower case, '_' as '-' since many servers take them for the same: longer
/// than every name above, which is all that matters.
class LowerName {
public:
    explicit LowerName(std::string_view name) : size_(std::min(name.size(), text_.size())) {
        std::ranges::transform(name.substr(0, size_), text_.begin(),
                               [](char c) { return c == '_' ? '-' : to_lower(c); });
    }
    operator std::string_view() const { return {text_.data(), size_}; }

private:
    std::array<char, 48> text_;
    std::size_t size_;
};

}  // namespace

FieldRules::FieldRules(std::span<const http::Field> fields) {
    for (const http::Field& field : fields) {
        if (!equal_ignoring_case(field.name, "connection")) continue;
        std::string_view rest = field.value;
        while (!rest.empty() && connection_options_.size() < connection_options_max) {
            const auto comma = rest.find(',');
            const std::string_view option = trim(rest.substr(0, comma));
            rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
            if (equal_ignoring_case(option, "close") || equal_ignoring_case(option, "keep-alive")) {
                continue;
            }
            connection_options_.push_back(option);
        }
    }
}

bool FieldRules::is_connection_option(std::string_view name) const {
    if (connection_options_.empty()) return false;
    const LowerName lower(name);
    if (always_end_to_end.contain(lower) || std::string_view(lower).starts_with("mcp-")) {
        return false;
    }
    return std::ranges::any_of(connection_options_, [&](std::string_view option) {
        return equal_ignoring_case(option, name);
    });
}

bool FieldRules::pass_to_upstream(std::string_view name) const {
    const LowerName lower(name);
    // No name with '_' at all: X_Sluice_Subject would pose as X-Sluice-Subject, Mcp_Name as
    // Mcp-Name.
    return name.find('_') == std::string_view::npos && !hop_by_hop.contain(lower) &&
           !private_to_client.contain(lower) && !private_prefixes.contain_start_of(lower) &&
           !is_connection_option(name);
}

bool FieldRules::pass_to_client(std::string_view name) const {
    const LowerName lower(name);
    return !hop_by_hop.contain(lower) && !private_to_upstream.contain(lower) &&
           !answer_prefixes.contain_start_of(lower) && !is_connection_option(name);
}

}  // namespace sluice::resource
