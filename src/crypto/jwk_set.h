// JWK Set (RFC 7517 §5): the public keys of one party.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "crypto/jwk.h"
#include "crypto/jws.h"

namespace sluice::crypto {

class JwkSet {
public:
    static constexpr std::size_t text_size_max = 64 * 1024;  // bytes
    static constexpr std::size_t keys_max = 64;              // usable ones
    /// What one signed text may cost: of a set, so many keys that fit are tried.
    static constexpr std::size_t tries_max = 4;

    JwkSet() = default;

    /// Keys that cannot verify signatures (of another type, use or algorithm, too weak) are passed
    /// over, as RFC 7517 §5 says. Errors: no JSON object with an array `keys`, too large, a key
    /// twice in one object, a private key in it.
    static JoseResult<JwkSet> parse(std::string_view text);
    static JoseResult<JwkSet> parse(const JsonValue& json);

    const std::vector<Jwk>& keys() const { return keys_; }
    bool empty() const { return keys_.empty(); }
    void insert(Jwk key) { keys_.push_back(std::move(key)); }

    /// Whether a key fits the header: its `kid` is the header's, where the header has one, and its
    /// type and `alg` are right. Where none fits, the set may be out of date.
    bool has_key_for(const Jws& jws) const;
    /// Whether one of the keys that fit has signed. The header's own jwk, jku, x5c and x5u are
    /// never looked at.
    bool verify(const Jws& jws) const;

    /// {"keys":[...]}
    std::string text() const;

private:
    std::vector<Jwk> keys_;
};

}  // namespace sluice::crypto
