// Client assertion (RFC 7523 §2.2, §3): a signed text by which a client proves who it is,
// private_key_jwt.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "crypto/jwk_set.h"
#include "crypto/jws.h"
#include "oauth/errors.h"
#include "token/jwt.h"

namespace sluice::oauth {

inline constexpr std::string_view client_assertion_type =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What assertions may be signed with; metadata lists the same.
inline constexpr crypto::JwsAlgorithms client_assertion_algorithms{
    crypto::JwsAlgorithm::es256, crypto::JwsAlgorithm::es384, crypto::JwsAlgorithm::es512,
    crypto::JwsAlgorithm::ps256, crypto::JwsAlgorithm::ps384, crypto::JwsAlgorithm::ps512,
    crypto::JwsAlgorithm::rs256, crypto::JwsAlgorithm::rs384, crypto::JwsAlgorithm::rs512};

class ClientAssertion {
public:
    static constexpr Seconds leeway{60};
    static constexpr Seconds age_max{300};  // of `iat`, beside the leeway

    /// Reads what it says; nothing of it is proved. Errors: invalid_client; its description tells
    /// the client's developer what is wrong with the text.
    static Result<ClientAssertion> parse(std::string_view text);

    /// `sub`: whom it is about. Valid while *this lives.
    std::string_view client_id() const { return claims_.subject; }
    const crypto::Jws& jws() const { return jws_; }

    /// Everything but the signature and whether it was used before (RFC 7523 §3).
    /// audiences  What this server is called: each of `aud` has to be one of them, exactly, so that
    ///            no other server can use the assertion here, nor this one there.
    /// Errors: invalid_client.
    Result<> check_claims(std::span<const std::string> audiences, token::NumericDate now) const;

    /// What it may be used by once: a digest of client and `jti`, 43 characters.
    std::string used_key() const;
    /// So long it could be shown again; used_key() is to be remembered for it.
    Duration usable_for(token::NumericDate now) const;

private:
    ClientAssertion(crypto::Jws jws, token::JwtClaims claims)
        : jws_(std::move(jws)), claims_(std::move(claims)) {}

    crypto::Jws jws_;
    token::JwtClaims claims_;
};

}  // namespace sluice::oauth
