// JSON Web Key (RFC 7517, RFC 7518 §6, RFC 8037): a public key that signatures are verified with,
// and its thumbprint (RFC 7638).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/json_writer.h"
#include "crypto/jose_error.h"
#include "crypto/jws_algorithm.h"

struct evp_pkey_st;

namespace sluice::crypto {

/// A public key; immutable, and its copies share the key itself, on any thread.
class Jwk {
public:
    enum class Type : std::uint8_t { rsa, p256, p384, p521, ed25519 };

    static constexpr int rsa_bits_min = 2048;
    static constexpr int rsa_bits_max = 8192;  // beyond, one verification takes milliseconds

    /// Errors: a type, curve or use that no signature can be verified with, an RSA key of another
    /// size, a point that is not on its curve, a member of the wrong type, and private members: a
    /// key that was published with them is nobody's secret any more.
    static JoseResult<Jwk> parse(const JsonValue& json);

    /// The public half of `key`, which is of one of the types above.
    Jwk(std::shared_ptr<const evp_pkey_st> key, std::optional<JwsAlgorithm> algorithm);

    Type type() const { return type_; }
    /// `kid`; nothing where the key has none.
    const std::optional<std::string>& key_id() const { return key_id_; }
    /// `alg`: the only algorithm that the key is for.
    std::optional<JwsAlgorithm> algorithm() const { return algorithm_; }
    void set_key_id(std::string key_id) { key_id_ = std::move(key_id); }

    /// Whether the key's type and curve, and its `alg` where it has one, are the algorithm's.
    bool is_for(JwsAlgorithm algorithm) const;
    /// Whether `signature` is this key's over `text`; false where !is_for(algorithm). The signature
    /// of ES256, ES384 and ES512 is r and s, each as long as the curve's order (RFC 7518 §3.4).
    bool verify(JwsAlgorithm algorithm, std::string_view text, std::string_view signature) const;

    /// SHA-256 over the required members in their one order, as base64url: 43 characters.
    std::string thumbprint() const;

    /// Writes the key as an object: its required members, `kid`, `alg` and `use` of "sig".
    void write(JsonWriter& json) const;

private:
    Jwk() = default;

    std::shared_ptr<const evp_pkey_st> key_;
    Type type_ = Type::rsa;
    std::optional<JwsAlgorithm> algorithm_;
    std::optional<std::string> key_id_;
};

}  // namespace sluice::crypto
