// Rules of client assertions.
#include "oauth/clients/client_assertion.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"

namespace sluice::oauth {
namespace {

std::unexpected<Error> not_valid(std::string_view reason) {
    return refuse(ErrorCode::invalid_client,
                  "The client assertion is not valid: " + std::string(reason) + ".");
}

}  // namespace

Result<ClientAssertion> ClientAssertion::parse(std::string_view text) {
    auto jws = crypto::Jws::parse(text, client_assertion_algorithms);
    if (!jws) return not_valid(jws.error().reason);
    const auto payload = JsonDocument::parse(jws->payload());
    if (!payload) return not_valid("its claims are no JSON");
    auto claims = token::JwtClaims::parse(payload->root());
    if (!claims) return not_valid(claims.error().reason);
    if (claims->subject.empty()) return not_valid("sub is missing");
    return ClientAssertion(*std::move(jws), *std::move(claims));
}

Result<> ClientAssertion::check_claims(std::span<const std::string> audiences,
                                       token::NumericDate now) const {
    if (claims_.issuer.empty() || claims_.token_id.empty()) {
        return not_valid("iss or jti is missing");
    }
    if (!claims_.expires_at || !claims_.issued_at) return not_valid("exp or iat is missing");
    if (claims_.issuer != claims_.subject) return not_valid("iss and sub are not both the client");
    const bool is_for_this_server =
        !claims_.audience.empty() &&
        std::ranges::all_of(claims_.audience, [&](const std::string& audience) {
            return std::ranges::find(audiences, audience) != audiences.end();
        });
    if (!is_for_this_server) {
        return not_valid("aud is neither the issuer nor the token endpoint of this server");
    }
    const auto in_time = token::check_times(claims_, now, leeway);
    if (!in_time) return not_valid(in_time.error().reason);
    constexpr auto age = static_cast<double>((age_max + leeway).count());
    if (now - *claims_.issued_at > age) return not_valid("it was issued more than 5 minutes ago");
    return {};
}

std::string ClientAssertion::used_key() const {
    std::string key(claims_.subject);
    key.append(1, '\0').append(claims_.token_id);
    return crypto::base64url(crypto::sha256(key));
}

Duration ClientAssertion::usable_for(token::NumericDate now) const {
    constexpr auto age = static_cast<double>((age_max + leeway).count());
    const double by_age = claims_.issued_at.value_or(now) + age;
    const double by_expiry =
        claims_.expires_at.value_or(by_age) + static_cast<double>(leeway.count());
    const double left = std::clamp(std::min(by_age, by_expiry) - now, 0.0, age * 2);
    // A store counts whole seconds: at the last moment it must still be there.
    return Seconds{static_cast<std::int64_t>(std::ceil(left)) + 2};
}

}  // namespace sluice::oauth
