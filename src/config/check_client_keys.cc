// The rules of a client's keys: jwks, jwks_file and jwks_uri of [[auth.client]].
#include "config/check.h"
#include "config/checks.h"
#include "config/url_rules.h"
#include "http/uri.h"

namespace sluice::config {
namespace {

void check_set(const std::string& text, const Place& place, oauth::ClientSetting& client,
               Problems& problems) {
    auto set = crypto::JwkSet::parse(text);
    if (!set) {
        problems.add(place,
                     fmt::format("is not a usable JWK Set (RFC 7517): {}", set.error().reason));
    } else if (set->empty()) {
        problems.add(place,
                     "has no public key that verifies signatures: RSA of 2048 bits or more, or EC "
                     "on P-256, P-384 or P-521");
    } else {
        client.keys.jwks = std::make_shared<const crypto::JwkSet>(*std::move(set));
    }
}

void check_file(const Setting<std::string>& name, oauth::ClientSetting& client,
                const Environment& environment, Problems& problems) {
    const auto text = environment.file(*name);
    if (text) return check_set(*text, name.place, client, problems);
    problems.add(name.place, fmt::format("the file {} cannot be read", *name));
}

void check_uri(const Setting<std::string>& uri, oauth::ClientSetting& client, Problems& problems) {
    if (!check_url(uri, problems)) return;
    const auto url = http::HttpUrl::parse(*uri);
    if (!url || (!url->secure() && !is_loopback_host(url->host()))) {
        problems.add(uri.place, "has to be https: whoever answers there can sign in as the client");
        return;
    }
    client.keys.jwks_uri = *uri;
}

}  // namespace

void check_client_keys(const RawClient& raw, oauth::ClientSetting& client,
                       const Environment& environment, Problems& problems) {
    const bool wanted = client.auth_method == token::ClientAuthMethod::private_key_jwt;
    const Setting<std::string>* given = nullptr;
    for (const auto* const key : {&raw.jwks, &raw.jwks_file, &raw.jwks_uri}) {
        if (!key->given) continue;
        if (!wanted) {
            problems.add(key->place, "has no effect without auth_method = \"private_key_jwt\"");
        } else if (given != nullptr) {
            problems.add(key->place,
                         "cannot stand beside another source of the client's keys: "
                         "write one of jwks, jwks_file and jwks_uri");
        }
        given = key;
    }
    if (!wanted) return;
    if (given == nullptr) {
        problems.add({raw.place.line, raw.place.key + ".jwks_file"},
                     "is missing: auth_method \"private_key_jwt\" needs the client's public keys, "
                     "as jwks_file, jwks or jwks_uri");
    } else if (given == &raw.jwks) {
        check_set(*raw.jwks, raw.jwks.place, client, problems);
    } else if (given == &raw.jwks_file) {
        check_file(raw.jwks_file, client, environment, problems);
    } else {
        check_uri(raw.jwks_uri, client, problems);
    }
}

}  // namespace sluice::config
