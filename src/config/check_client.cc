// The rules of [[auth.client]].
#include "config/check.h"
#include "config/checks.h"
#include "config/url_rules.h"
#include "oauth/client_id.h"

namespace sluice::config {
namespace {

using oauth::ClientSetting;
using oauth::GrantType;
using token::ClientAuthMethod;

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

void check_grant_types(const RawClient& raw, ClientSetting& client, Problems& problems) {
    for (const auto& name : raw.grant_types) {
        if (const auto type = oauth::find_registered_grant_type(*name)) {
            client.grant_types.add(*type);
        } else {
            choose(name, oauth::grant_type_names, problems);
        }
    }
    const auto place = [&] { return place_of(raw, "grant_types"); };
    if (client.grant_types.has(GrantType::refresh_token) &&
        !client.grant_types.has(GrantType::authorization_code) &&
        !client.grant_types.has(GrantType::device_code)) {
        problems.add(place(),
                     "refresh_token needs authorization_code or device_code beside it: refresh "
                     "tokens come from those grants alone");
    }
    if (client.grant_types.has(GrantType::client_credentials) &&
        !token::is_confidential(client.auth_method)) {
        problems.add(place(),
                     "client_credentials needs a client with a secret: set auth_method "
                     "(RFC 6749 section 4.4)");
    }
}

void check_secret(const RawClient& raw, ClientSetting& client, const Environment& environment,
                  Problems& problems) {
    const auto method = choose(raw.auth_method, token::client_auth_method_names, problems);
    if (!method) return;
    client.auth_method = *method;
    const bool wanted = token::has_secret(*method);
    if (wanted && !raw.client_secret.given()) {
        problems.add(
            raw.client_secret.place(),
            fmt::format("is missing: auth_method \"{}\" needs it; `openssl rand -hex 32` makes one",
                        *raw.auth_method));
    } else if (!wanted && raw.client_secret.given()) {
        problems.add(raw.auth_method.place,
                     fmt::format("is \"{}\", but there is a secret: write client_secret_basic or "
                                 "client_secret_post, or remove the secret",
                                 *raw.auth_method));
    } else if (wanted) {
        client.client_secret = check_strong_secret(raw.client_secret, environment, problems);
    }
}

}  // namespace

ClientSetting check_client(const RawClient& raw, const token::ScopeSet& scopes,
                           const token::ScopeSet& default_scope, const Environment& environment,
                           Problems& problems) {
    ClientSetting client;
    check_client_id(raw.client_id, problems);
    client.client_id = *raw.client_id;
    client.client_name =
        raw.client_name->empty() ? client.client_id : check_line(raw.client_name, problems);
    check_secret(raw, client, environment, problems);
    check_client_keys(raw, client, environment, problems);
    check_grant_types(raw, client, problems);
    for (const auto& uri : raw.redirect_uris) {
        check_redirect_uri(uri, problems);
        client.redirect_uris.push_back(*uri);
    }
    if (client.grant_types.has(GrantType::authorization_code) && client.redirect_uris.empty()) {
        problems.add(place_of(raw, "redirect_uris"),
                     "is missing: the grant type authorization_code needs at least one");
    }
    client.scope = raw.scope->empty() ? default_scope : check_scopes(raw.scope, &scopes, problems);
    if (!raw.introspect.none() && !token::is_confidential(client.auth_method)) {
        problems.add(raw.introspect.place,
                     "needs a client with a secret: set auth_method (RFC 7662 "
                     "section 2.1)");
    }
    return client;
}

}  // namespace sluice::config
