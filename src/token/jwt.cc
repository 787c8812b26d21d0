#include "token/jwt.h"

#include <algorithm>

namespace sluice::token {
namespace {

/// A claim that is null counts as absent.
std::optional<JsonValue> find_claim(const JsonValue& payload, std::string_view name) {
    auto claim = payload.find(name);
    if (claim && claim->is_null()) claim.reset();
    return claim;
}

Result<std::string> text_claim(const JsonValue& payload, std::string_view name) {
    const auto claim = find_claim(payload, name);
    if (!claim) return std::string();
    const auto text = claim->string();
    if (!text) return failure(Error{"iss, sub or jti of the JWT is no text"});
    return std::string(*text);
}

Result<std::optional<NumericDate>> time_claim(const JsonValue& payload, std::string_view name) {
    const auto claim = find_claim(payload, name);
    if (!claim) return std::nullopt;
    const auto seconds = claim->number();
    if (!seconds) return failure(Error{"exp, nbf or iat of the JWT is no number"});
    return seconds;
}

Result<std::vector<std::string>> audience_claim(const JsonValue& payload) {
    std::vector<std::string> audience;
    const auto claim = find_claim(payload, "aud");
    if (!claim) return audience;
    if (const auto single = claim->string()) {
        if (!single->empty()) audience.emplace_back(*single);
        return audience;
    }
    if (!claim->is_array()) return failure(Error{"aud of the JWT is neither text nor array"});
    for (const JsonValue& element : claim->elements()) {
        const auto text = element.string();
        if (!text) return failure(Error{"aud of the JWT holds something that is no text"});
        audience.emplace_back(*text);
    }
    return audience;
}

}  // namespace

NumericDate to_numeric_date(WallTime time) {
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

Result<JwtClaims> JwtClaims::parse(const JsonValue& payload) {
    if (!payload.is_object()) return failure(Error{"the claims of the JWT are no JSON object"});
    JwtClaims claims;
    TRY(claims.issuer, text_claim(payload, "iss"));
    TRY(claims.subject, text_claim(payload, "sub"));
    TRY(claims.token_id, text_claim(payload, "jti"));
    TRY(claims.audience, audience_claim(payload));
    TRY(claims.expires_at, time_claim(payload, "exp"));
    TRY(claims.not_before, time_claim(payload, "nbf"));
    TRY(claims.issued_at, time_claim(payload, "iat"));
    return claims;
}

bool JwtClaims::is_for(std::string_view wanted) const {
    return std::ranges::find(audience, wanted) != audience.end();
}

Result<void> check_times(const JwtClaims& claims, NumericDate now, Seconds leeway) {
    const auto tolerance = static_cast<double>(leeway.count());
    if (claims.expires_at && *claims.expires_at <= now - tolerance) {
        return failure(Error{"the JWT has expired"});
    }
    if (claims.not_before && *claims.not_before > now + tolerance) {
        return failure(Error{"the JWT is not valid yet"});
    }
    if (claims.issued_at && *claims.issued_at > now + tolerance) {
        return failure(Error{"the JWT was issued in the future"});
    }
    return {};
}

}  // namespace sluice::token
