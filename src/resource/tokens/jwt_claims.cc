#include "resource/tokens/jwt_claims.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/ascii.h"
#include "base/result.h"

namespace sluice::resource {
namespace {

// Where issuers say for whom they made a token: RFC 9068, OpenID Connect, Okta, Entra.
constexpr std::array<std::string_view, 4> client_claims{"client_id", "azp", "cid", "appid"};

std::unexpected<TokenError> inactive() {
    return failure(TokenError{TokenFault::inactive});
}

/// Of an ID token (OpenID Connect Core §2), a refresh token, or one that its bearer has to prove
/// more for.
bool is_no_bearer_access_token(const JsonValue& payload) {
    if (payload.find("at_hash") || payload.find("c_hash") || payload.find("cnf")) return true;
    for (const std::string_view name : {"token_use", "typ"}) {
        const auto text = payload.find_string(name);
        if (!text) continue;
        const std::string use = to_lower(*text);
        if (use == "id" || use == "logout" || use.contains("refresh")) return true;
    }
    return false;
}

bool is_for(const token::JwtClaims& claims, const JwtSettings& settings,
            const token::ResourceIdentifier& identifier) {
    if (!settings.audience.empty()) return claims.is_for(settings.audience);
    return std::ranges::any_of(
        claims.audience, [&](const std::string& audience) { return identifier.matches(audience); });
}

void insert_names(token::ScopeSet& scope, std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view name = text.substr(0, end);
        if (token::ScopeSet::is_name(name)) scope.insert(name);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

/// Each claim is a text with spaces between, or an array of texts.
token::ScopeSet read_scope(const JsonValue& payload, const JwtSettings& settings) {
    token::ScopeSet scope;
    for (const std::string& name : settings.scope_claims) {
        const auto claim = payload.find(name);
        if (!claim) continue;
        insert_names(scope, claim->string().value_or(""));
        for (const JsonValue& element : claim->elements()) {
            const auto text = element.string().value_or("");
            if (token::ScopeSet::is_name(text)) scope.insert(text);
        }
    }
    return scope;
}

}  // namespace

bool may_be_access_token(const crypto::Jws& jws) {
    return !jws.has_any_type() || jws.has_type("at+jwt") || jws.has_type("JWT");
}

std::expected<token::TokenInfo, TokenError> read_access_token_claims(
    const JsonValue& payload, const JwtSettings& settings,
    const token::ResourceIdentifier& identifier, token::NumericDate now) {
    const auto claims = token::JwtClaims::parse(payload);
    if (!claims || claims->issuer != settings.issuer || !claims->expires_at) return inactive();
    if (!token::check_times(*claims, now, settings.leeway)) return inactive();
    if (is_no_bearer_access_token(payload)) return inactive();
    if (!is_for(*claims, settings, identifier)) {
        return failure(TokenError{TokenFault::wrong_audience});
    }
    token::TokenInfo info;
    info.subject = payload.find_string(settings.subject_claim).value_or("");
    if (info.subject.empty()) return inactive();
    for (const std::string_view name : client_claims) {
        if (info.client_id.empty()) info.client_id = payload.find_string(name).value_or("");
    }
    info.scope = read_scope(payload, settings);
    info.token_type = "Bearer";
    info.audience.emplace_back(identifier.text());
    info.issuer = claims->issuer;
    info.token_id = claims->token_id;
    // Until then it passes, the leeway included.
    constexpr double latest = 1e15;
    info.expires_at = static_cast<std::int64_t>(std::min(std::floor(*claims->expires_at), latest)) +
                      settings.leeway.count();
    if (claims->issued_at) {
        info.issued_at =
            static_cast<std::int64_t>(std::clamp(std::floor(*claims->issued_at), 0.0, latest));
    }
    return info;
}

}  // namespace sluice::resource
