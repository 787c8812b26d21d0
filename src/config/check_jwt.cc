// The rules of [resource.jwt] and of token_format.
#include <algorithm>
#include <chrono>

#include "config/check.h"
#include "config/checks.h"
#include "config/url_rules.h"
#include "http/uri.h"
#include "http/url_safety.h"

namespace sluice::config {
namespace {

using namespace std::chrono_literals;

/// Where keys come from has to be proved by TLS, or lie on this machine or container network.
bool check_key_source(const Setting<std::string>& url, bool insecure_http, Problems& problems) {
    if (!http::HttpUrl::parse(*url)) {
        problems.add(url.place, "is not an http or https URL without user information");
        return false;
    }
    if (insecure_http || http::is_safe_url(*url, true)) return true;
    problems.add(url.place,
                 "has to be https: whoever answers there decides which tokens are good. http is "
                 "for loopback addresses and names of the container network");
    return false;
}

crypto::JwsAlgorithms check_algorithms(const StringList& names, const Place& place,
                                       Problems& problems) {
    crypto::JwsAlgorithms algorithms;
    for (const auto& name : names) {
        const auto algorithm = choose(name, crypto::jws_algorithm_names, problems);
        if (algorithm) algorithms.insert(*algorithm);
    }
    if (names.empty()) problems.add(place, "names no algorithm");
    return algorithms;
}

}  // namespace

resource::JwtSettings check_jwt(const RawJwt& raw, bool insecure_http, TrustReader& trusts,
                                Problems& problems) {
    const auto place = [&](std::string_view key) {
        return Place{raw.place.line, fmt::format("{}.{}", raw.place.key, key)};
    };
    resource::JwtSettings checked;
    checked.issuer = *raw.issuer;
    if (check_given(raw.issuer, "the issuer of the tokens, exactly as their iss has it",
                    problems) &&
        check_key_source(raw.issuer, insecure_http, problems)) {
        checked.trust = trusts.read(raw.issuer, raw.ca);
    }
    if (raw.jwks_uri.given && check_key_source(raw.jwks_uri, insecure_http, problems)) {
        checked.jwks_uri = *raw.jwks_uri;
        if (!checked.trust) checked.trust = trusts.read(raw.jwks_uri, raw.ca);
    }
    checked.audience = check_line(raw.audience, problems);
    checked.algorithms = check_algorithms(raw.algorithms, place("algorithms"), problems);
    for (const auto& name : raw.scope_claims) checked.scope_claims.push_back(*name);
    if (check_given(raw.subject_claim, "the claim that names whose token it is", problems)) {
        checked.subject_claim = *raw.subject_claim;
    }
    checked.leeway =
        std::chrono::floor<Seconds>(check_range<Duration>(raw.leeway, 0s, 5min, problems));
    return checked;
}

oauth::AccessTokenFormat check_token_format(const RawResource& raw, bool plain_tokens,
                                            Problems& problems) {
    using oauth::AccessTokenFormat;
    constexpr NameTable<AccessTokenFormat, 2> words{
        {{"opaque", AccessTokenFormat::opaque}, {"jwt", AccessTokenFormat::jwt}}};
    const auto format =
        choose(raw.token_format, words, problems).value_or(AccessTokenFormat::opaque);
    if (format == AccessTokenFormat::jwt && *raw.verify != "local") {
        problems.add(
            raw.token_format.place,
            fmt::format("has no effect with verify = \"{}\": no tokens are issued here for "
                        "it",
                        *raw.verify));
    }
    if (format == AccessTokenFormat::jwt && plain_tokens) {
        problems.add(
            raw.token_format.place,
            "cannot be \"jwt\" with storage.tokens = \"plain\": the server that shares the "
            "tables knows opaque tokens alone");
    }
    return format;
}

}  // namespace sluice::config
