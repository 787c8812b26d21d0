// The rules of [auth], [auth.scopes] and [[auth.api_key]].
#include <algorithm>
#include <chrono>

#include "base/ascii.h"
#include "config/check.h"
#include "config/checks.h"
#include "config/trust.h"
#include "config/url_rules.h"
#include "http/url_safety.h"

namespace sluice::config {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

token::ScopeSet check_scope_table(const RawAuth& raw, oauth::Settings& auth, Problems& problems) {
    token::ScopeSet names;
    for (const Entry& entry : raw.scopes) {
        if (!token::ScopeSet::is_name(entry.name)) {
            problems.add(entry.text.place,
                         "is not a valid scope: printable ASCII without space, \" and \\ (RFC 6749 "
                         "section 3.3)");
            continue;
        }
        check_given(entry.text, "the words that a person reads on the consent page", problems);
        names.insert(entry.name);
        auth.scopes.push_back({entry.name, check_line(entry.text, problems)});
    }
    return names;
}

void check_lifetimes(const RawAuth& raw, oauth::Settings& auth, Problems& problems) {
    const auto check = [&](const Setting<Duration>& ttl, Duration least, Duration most) {
        return check_range(ttl, least, most, problems);
    };
    auth.access_token_ttl = check(raw.access_token_ttl, 1s, days(30));
    auth.refresh_token_ttl = check(raw.refresh_token_ttl, 1s, days(3650));
    auth.refresh_replay_window = check(raw.refresh_replay_window, 0s, 60min);
    auth.code_ttl = check(raw.code_ttl, 1s, 600s);  // RFC 6749 §4.1.2
    auth.session_ttl = check(raw.session_ttl, 1min, days(90));
    auth.registered_client_ttl = check(raw.registered_client_ttl, days(1), days(3650));
    auth.device.enabled = *raw.device.enabled;
    auth.device.code_ttl = check(raw.device.code_ttl, 1s, 60min);
    auth.device.interval = check(raw.device.interval, 1s, 1min);
}

std::vector<std::string> check_host_patterns(const StringList& list, Problems& problems) {
    std::vector<std::string> hosts;
    for (const Setting<std::string>& host : list) {
        std::string_view name = *host;
        if (name.starts_with("*.")) name.remove_prefix(2);
        if (*host != "*" && (!http::is_plain_host(name) || to_lower(name) != name)) {
            problems.add(host.place,
                         fmt::format("\"{}\" is no host: write a name in lower case, *.NAME for "
                                     "every name below it, or * for all",
                                     *host));
        }
        hosts.push_back(*host);
    }
    return hosts;
}

// Documents need no authority where nobody has asked for them: then nothing is fetched.
std::optional<crypto::TlsTrust> read_document_trust(const RawClientDocuments& raw,
                                                    const Environment& environment,
                                                    Problems& problems) {
    TrustReader reader(environment, problems);
    if (raw.ca.given || raw.enabled.given) return reader.read(true, raw.enabled.place, raw.ca);
    const auto pem = environment.file(crypto::TlsTrust::system_path());
    auto trust = crypto::TlsTrust::parse(pem.value_or(""));
    if (!trust) return std::nullopt;
    return *std::move(trust);
}

void check_client_documents(const RawClientDocuments& raw, oauth::Settings& auth,
                            const Environment& environment, Problems& problems) {
    oauth::ClientDocumentSettings& documents = auth.client_documents;
    documents.enabled = *raw.enabled;
    documents.allow = check_host_patterns(raw.allow, problems);
    documents.deny = check_host_patterns(raw.deny, problems);
    documents.private_hosts = check_host_patterns(raw.private_hosts, problems);
    documents.cache_max = check_range<Duration>(raw.cache_max, 1min, 24h, problems);
    if (documents.enabled) documents.trust = read_document_trust(raw, environment, problems);
}

void check_registration(const RawAuth& raw, oauth::Settings& auth, const Environment& environment,
                        Problems& problems) {
    using oauth::Registration;
    constexpr NameTable<Registration, 3> words{{{"open", Registration::open},
                                                {"token", Registration::token},
                                                {"closed", Registration::closed}}};
    const auto registration = choose(raw.registration, words, problems);
    if (!registration) return;
    auth.registration = *registration;
    const bool wanted = registration == Registration::token;
    if (wanted && !raw.registration_token.given()) {
        problems.add(
            raw.registration_token.place(),
            "is missing: registration = \"token\" needs the token that clients have to send");
    } else if (!wanted && raw.registration_token.given()) {
        problems.add(raw.registration_token.place(),
                     "has no effect without registration = \"token\"; remove it");
    } else if (wanted) {
        auth.registration_token =
            check_strong_secret(raw.registration_token, environment, problems);
    }
}

void check_registration_grants(const RawAuth& raw, oauth::Settings& auth, Problems& problems) {
    if (raw.registration_grants.empty()) return;
    oauth::GrantTypes& grants = auth.registration_grants.emplace();
    for (const auto& name : raw.registration_grants) {
        const auto type = choose(name, oauth::grant_type_names, problems);
        if (type) grants.add(*type);
    }
    if (auth.registration == oauth::Registration::closed) {
        problems.add(raw.registration_grants[0].place,
                     "has no effect with registration = \"closed\"; remove it");
    }
}

void check_callers(const RawAuth& raw, oauth::Settings& auth, const token::ScopeSet& scopes,
                   const Environment& environment, Problems& problems) {
    UniqueNames usernames("username", problems);
    for (const RawUser& user : raw.users) {
        usernames.check(user.username);
        auth.users.push_back(check_user(user, environment, problems));
    }
    UniqueNames client_ids("client_id", problems);
    for (const RawClient& client : raw.clients) {
        client_ids.check(client.client_id);
        auth.clients.push_back(
            check_client(client, scopes, auth.default_scope, environment, problems));
    }
    for (const RawClient& client : raw.clients) {
        // Both would be the `sub` of their tokens.
        const auto same = std::ranges::find_if(
            raw.users, [&](const RawUser& user) { return *user.username == *client.client_id; });
        if (same == raw.users.end()) continue;
        problems.add(client.client_id.place,
                     fmt::format("\"{}\" is already the username of line {}: tokens of the two "
                                 "could not be told apart",
                                 *client.client_id, same->username.place.line));
    }
    UniqueNames key_names("API key", problems);
    for (const RawApiKey& key : raw.api_keys) {
        key_names.check(key.name);
        check_given(key.name, "the name by which the log calls this caller", problems);
        if (!key.key.given()) {
            problems.add(key.key.place(),
                         "is missing: the key itself; `openssl rand -hex 32` makes one");
        }
        auth.api_keys.push_back(
            {check_line(key.name, problems), check_strong_secret(key.key, environment, problems)});
    }
}

void check_signing_keys(const RawSigningKeys& raw, oauth::Settings& auth, Problems& problems) {
    using crypto::JwsAlgorithm;
    constexpr NameTable<JwsAlgorithm, 3> words{{{"ES256", JwsAlgorithm::es256},
                                                {"EdDSA", JwsAlgorithm::eddsa},
                                                {"RS256", JwsAlgorithm::rs256}}};
    auth.signing.algorithm =
        choose(raw.algorithm, words, problems).value_or(auth.signing.algorithm);
    auth.signing.rotate_every =
        check_range<Duration>(raw.rotate_every, days(1), days(3650), problems);
}

// By whom https is verified where clients name URLs of their keys. Where only clients that nobody
// has configured could, no authorities mean that nothing is fetched for them.
void check_outgoing_trust(const RawAuth& raw, oauth::Settings& auth, const Environment& environment,
                          Problems& problems) {
    TrustReader trusts(environment, problems);
    for (std::size_t i = 0; i < auth.clients.size(); ++i) {
        if (!auth.clients[i].keys.jwks_uri.starts_with("https:")) continue;
        auth.outgoing_trust = trusts.read(raw.clients[i].jwks_uri, {});
    }
    if (!auth.outgoing_trust) auth.outgoing_trust = auth.client_documents.trust;
    if (auth.outgoing_trust || auth.registration == oauth::Registration::closed) return;
    const auto pem = environment.file(crypto::TlsTrust::system_path());
    if (auto trust = crypto::TlsTrust::parse(pem.value_or(""))) {
        auth.outgoing_trust = *std::move(trust);
    }
}

}  // namespace

Secret check_strong_secret(const RawSecret& raw, const Environment& environment,
                           Problems& problems) {
    constexpr std::size_t size_min = 16;
    constexpr std::size_t size_max = 512;
    Secret secret = resolve_secret(raw, environment, problems);
    if (secret.empty()) return secret;
    const std::string_view text = secret.reveal();
    if (text.size() < size_min || text.size() > size_max) {
        problems.add(raw.place(),
                     "has to have 16 to 512 characters; `openssl rand -hex 32` makes a good one");
    }
    // What RFC 6749 appendix A.2 allows, less the space.
    if (!std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; })) {
        problems.add(raw.place(), "has to be printable ASCII without spaces");
    }
    return secret;
}

oauth::Settings check_auth(const RawAuth& raw, const ServerConfig& server,
                           const Environment& environment, Problems& problems) {
    oauth::Settings auth;
    auth.issuer = server.public_url;
    if (raw.issuer.given) {
        const auto url = check_public_url(raw.issuer, server.insecure_http, problems);
        if (url) auth.issuer = url->text();
        if (url && url->text() != *raw.issuer && !raw.issuer->ends_with('/')) {
            problems.add(
                raw.issuer.place,
                fmt::format("has to be written in its plain form, \"{}\": clients compare it "
                            "letter by letter",
                            url->text()));
        }
    }
    const token::ScopeSet scopes = check_scope_table(raw, auth, problems);
    if (check_given(raw.default_scope, "the scopes of a request that names none", problems)) {
        auth.default_scope = check_scopes(raw.default_scope, &scopes, problems);
        if (raw.default_scope->find_first_not_of(' ') == std::string::npos) {
            problems.add(raw.default_scope.place, "names no scope");
        }
    }
    check_lifetimes(raw, auth, problems);
    auth.remember_consent = *raw.remember_consent;
    auth.require_pushed_requests = *raw.require_pushed_authorization_requests;
    check_client_documents(raw.client_documents, auth, environment, problems);
    check_registration(raw, auth, environment, problems);
    auth.trusted_networks = server.trusted_networks;
    auth.introspection_open = check_networks(raw.introspection_open, problems);
    check_registration_grants(raw, auth, problems);
    auth.rate_limit.requests = check_count(raw.rate_limit.requests, 1, 1'000'000'000, problems);
    auth.rate_limit.window = check_range<Duration>(raw.rate_limit.window, 1s, 24h, problems);
    check_callers(raw, auth, scopes, environment, problems);
    check_outgoing_trust(raw, auth, environment, problems);
    check_signing_keys(raw.keys, auth, problems);
    return auth;
}

}  // namespace sluice::config
