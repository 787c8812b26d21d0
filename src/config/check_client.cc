// The rules of [[auth.client]].
#include <array>

#include "config/check.h"
#include "config/checks.h"
#include "config/url_rules.h"
#include "oauth/client_id.h"

namespace sluice::config {
namespace {

constexpr std::array<std::pair<std::string_view, AuthMethod>, 3> auth_methods{
    {{"none", AuthMethod::none},
     {"client_secret_basic", AuthMethod::client_secret_basic},
     {"client_secret_post", AuthMethod::client_secret_post}}};

enum class GrantType { authorization_code, refresh_token, client_credentials };
constexpr std::array<std::pair<std::string_view, GrantType>, 3> grant_types{
    {{"authorization_code", GrantType::authorization_code},
     {"refresh_token", GrantType::refresh_token},
     {"client_credentials", GrantType::client_credentials}}};

void check_client_id(const Setting<std::string>& id, Problems& problems) {
    if (!check_given(id, "the name that the client calls itself", problems)) return;
    if (!oauth::is_client_id(*id)) {
        problems.add(id.place, fmt::format("\"{}\" has to be 1 to {} letters, digits, - and _", *id,
                                           oauth::client_id_size_max));
    }
}

Place place_of(const RawClient& raw, std::string_view key) {
    return {raw.place.line, fmt::format("{}.{}", raw.place.key, key)};
}

void check_grant_types(const RawClient& raw, ClientConfig& client, Problems& problems) {
    for (const auto& type : raw.grant_types) {
        const auto grant = choose(type, grant_types, problems);
        client.authorization_code |= grant == GrantType::authorization_code;
        client.refresh_token |= grant == GrantType::refresh_token;
        client.client_credentials |= grant == GrantType::client_credentials;
    }
    const auto place = [&] { return place_of(raw, "grant_types"); };
    if (client.refresh_token && !client.authorization_code) {
        problems.add(place(),
                     "refresh_token needs authorization_code beside it: refresh tokens come "
                     "from that grant alone");
    }
    if (client.client_credentials && client.auth_method == AuthMethod::none) {
        problems.add(place(),
                     "client_credentials needs a client with a secret: set auth_method "
                     "(RFC 6749 section 4.4)");
    }
}

void check_secret(const RawClient& raw, ClientConfig& client, const Environment& environment,
                  Problems& problems) {
    const auto method = choose(raw.auth_method, auth_methods, problems);
    if (!method) return;
    client.auth_method = *method;
    const bool confidential = method != AuthMethod::none;
    if (confidential && !raw.client_secret.given()) {
        problems.add(
            raw.client_secret.place(),
            fmt::format("is missing: auth_method \"{}\" needs it; `openssl rand -hex 32` makes one",
                        *raw.auth_method));
    } else if (!confidential && raw.client_secret.given()) {
        problems.add(raw.auth_method.place,
                     "is \"none\", but there is a secret: write client_secret_basic or "
                     "client_secret_post, or remove the secret");
    } else if (confidential) {
        client.client_secret = check_strong_secret(raw.client_secret, environment, problems);
    }
}

}  // namespace

ClientConfig check_client(const RawClient& raw, const token::ScopeSet& scopes,
                          const token::ScopeSet& default_scope, const Environment& environment,
                          Problems& problems) {
    ClientConfig client;
    check_client_id(raw.client_id, problems);
    client.client_id = *raw.client_id;
    client.client_name =
        raw.client_name->empty() ? client.client_id : check_line(raw.client_name, problems);
    check_secret(raw, client, environment, problems);
    check_grant_types(raw, client, problems);
    for (const auto& uri : raw.redirect_uris) {
        check_redirect_uri(uri, problems);
        client.redirect_uris.push_back(*uri);
    }
    if (client.authorization_code && client.redirect_uris.empty()) {
        problems.add(place_of(raw, "redirect_uris"),
                     "is missing: the grant type authorization_code needs at least one");
    }
    client.scope = raw.scope->empty() ? default_scope : check_scopes(raw.scope, &scopes, problems);
    client.introspect = *raw.introspect;
    if (client.introspect && client.auth_method == AuthMethod::none) {
        problems.add(raw.introspect.place,
                     "needs a client with a secret: set auth_method (RFC 7662 "
                     "section 2.1)");
    }
    return client;
}

}  // namespace sluice::config
