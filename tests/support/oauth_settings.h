// The settings that tests of the authorization server begin with.
#pragma once

#include <string>
#include <string_view>

#include "base/random.h"
#include "crypto/base64url.h"
#include "oauth/settings.h"

namespace sluice::oauth_test {

inline constexpr std::string_view issuer = "https://as.example";
inline constexpr std::string_view mcp = "https://rs.example/mcp";
inline constexpr std::string_view password = "correct horse";
inline constexpr std::string_view conf_secret = "conf-secret-0123456789abcdef0123456789abcdef";
inline constexpr std::string_view rs_secret = "rs-secret-0123456789abcdef0123456789abcdef01";

// RFC 7636 appendix B.
inline constexpr std::string_view verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
inline constexpr std::string_view challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

inline crypto::PasswordHash password_hash() {
    static const crypto::PasswordHash hash = [] {
        SeededRandom random(3);
        return crypto::PasswordHash::make(password, random);
    }();
    return hash;
}

inline token::ScopeSet scopes(std::string_view text) {
    return token::ScopeSet::parse(text).value();
}

inline token::ResourceIdentifier resource(std::string_view url) {
    return token::ResourceIdentifier::parse(url).value();
}

/// "pub" and "pub2" (public), "conf" (a secret, every grant), "rs" (introspects); one resource.
inline oauth::Settings test_settings_without_users() {
    oauth::Settings settings;
    settings.issuer = issuer;
    settings.default_scope = scopes("mcp:read");
    settings.scopes = {{"mcp:read", "Read notes"},
                       {"mcp:write", "Create, change and delete notes"},
                       {"offline_access", "Stay signed in"}};
    settings.resources.push_back({resource(mcp), "Notes"});
    const token::ScopeSet all = scopes("mcp:read mcp:write offline_access");

    oauth::ClientSetting pub;
    pub.client_id = "pub";
    pub.client_name = "Public test client";
    pub.redirect_uris = {"http://127.0.0.1:7777/cb", "https://pub.example/cb?tenant=1"};
    pub.grant_types = {oauth::GrantType::authorization_code, oauth::GrantType::refresh_token};
    pub.scope = all;
    settings.clients.push_back(pub);
    pub.client_id = "pub2";
    pub.redirect_uris = {"http://127.0.0.1:7778/cb"};
    settings.clients.push_back(pub);

    oauth::ClientSetting conf;
    conf.client_id = "conf";
    conf.client_name = "Confidential";
    conf.auth_method = oauth::ClientAuthMethod::client_secret_basic;
    conf.client_secret = Secret(std::string(conf_secret));
    conf.redirect_uris = {"https://app.example/cb"};
    conf.grant_types = {oauth::GrantType::authorization_code, oauth::GrantType::refresh_token,
                        oauth::GrantType::client_credentials};
    conf.scope = all;
    settings.clients.push_back(conf);

    oauth::ClientSetting rs;
    rs.client_id = "rs";
    rs.auth_method = oauth::ClientAuthMethod::client_secret_basic;
    rs.client_secret = Secret(std::string(rs_secret));
    rs.introspect = token::ResourceRights::all();
    settings.clients.push_back(rs);
    settings.api_keys.push_back({"monitor", Secret("key-0123456789abcdef0123456789abcdef")});
    settings.registration = oauth::Registration::open;
    return settings;
}

/// The same, where alice and bob can sign in.
inline oauth::Settings test_settings() {
    oauth::Settings settings = test_settings_without_users();
    settings.users.push_back({"alice", password_hash(), "Alice Liddell"});
    settings.users.push_back({"bob", password_hash(), "Bob"});
    return settings;
}

/// "Basic ..." as most clients send it.
inline std::string basic(std::string_view client_id, std::string_view secret) {
    std::string pair(client_id);
    pair.append(":").append(secret);
    std::string text = "Basic " + crypto::base64_unpadded(pair);
    while ((text.size() - 6) % 4 != 0) text += '=';
    return text;
}

}  // namespace sluice::oauth_test
