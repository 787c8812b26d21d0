// Signing key (RFC 7515, RFC 7517): a private key, its public JWK, and the signed texts it makes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "crypto/jose_error.h"
#include "crypto/jwk.h"

namespace sluice::crypto {

/// A private key for ES256, EdDSA or RS256; immutable, and its copies share the key itself, on any
/// thread. Its `kid` is its thumbprint, so a new key always has a new one.
class SigningKey {
public:
    static constexpr JwsAlgorithms supported{JwsAlgorithm::es256, JwsAlgorithm::eddsa,
                                             JwsAlgorithm::rs256};

    /// algorithm  One of `supported`. RS256 takes about 0.1 s: not for a shard's own thread.
    static SigningKey generate(JwsAlgorithm algorithm);
    /// Reads what pkcs8() gave. Errors: another form, or a key that is not the algorithm's.
    static JoseResult<SigningKey> parse(JwsAlgorithm algorithm, const Secret& pkcs8);

    JwsAlgorithm algorithm() const { return *public_key_.algorithm(); }
    const Jwk& public_key() const { return public_key_; }
    std::string_view key_id() const { return *public_key_.key_id(); }
    /// PKCS #8 PrivateKeyInfo (RFC 5958), DER.
    Secret pkcs8() const;

    /// The signature's bytes over `text`.
    std::string sign(std::string_view text) const;

private:
    SigningKey(std::shared_ptr<const evp_pkey_st> key, JwsAlgorithm algorithm);

    std::shared_ptr<const evp_pkey_st> key_;
    Jwk public_key_;
};

/// Makes compact JWS of one header: {"alg":...,"typ":...,"kid":...}.
class JwsSigner {
public:
    /// type  `typ`, "at+jwt" for example (RFC 9068 §2.1).
    JwsSigner(SigningKey key, std::string_view type);

    const SigningKey& key() const { return key_; }
    void append(std::string& out, std::string_view payload) const;

private:
    SigningKey key_;
    std::string header_;  // encoded, with the dot behind it
};

}  // namespace sluice::crypto
