// Signing keys of JWT access tokens (RFC 9068): which one signs, which are published (RFC 7517 §5),
// and when they rotate.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/jwk_set.h"
#include "crypto/signing_key.h"
#include "oauth/settings.h"

namespace sluice::oauth {

struct SigningKeyRecord {
    crypto::SigningKey key;
    std::int64_t used_from;  // seconds since 1970; it is published before
};

/// A new key is published for so long before it signs, so that whoever keeps the set for a while
/// has it by then.
inline constexpr Seconds published_ahead{600};

/// Whether a key is to be made now, to be used from now + published_ahead on: the last one has
/// signed for `rotate_every`, or is for another algorithm. `records` in the order of their making.
bool is_next_key_due(const std::vector<SigningKeyRecord>& records, const SigningSettings& settings,
                     std::int64_t now);
/// Whether no token that the key has signed can be alive: its successor has signed for longer than
/// tokens live. The one that signs never is.
bool is_key_over(const std::vector<SigningKeyRecord>& records, std::size_t index,
                 Duration access_token_ttl, std::int64_t now);

/// Immutable; shared by all shards.
class SigningKeys {
public:
    /// records  At least one, in the order of their making.
    explicit SigningKeys(const std::vector<SigningKeyRecord>& records);
    /// One key, used from now on: where nothing is kept.
    static SigningKeys generate(crypto::JwsAlgorithm algorithm, std::int64_t now);

    /// The latest whose time has come.
    const crypto::JwsSigner& signer(std::int64_t now) const;
    const crypto::JwkSet& published() const { return published_; }
    const std::string& jwks_json() const { return jwks_json_; }
    crypto::JwsAlgorithms algorithms() const { return algorithms_; }

private:
    struct Entry {
        crypto::JwsSigner signer;
        std::int64_t used_from;
    };
    std::vector<Entry> entries_;
    crypto::JwkSet published_;
    crypto::JwsAlgorithms algorithms_;
    std::string jwks_json_;
};

}  // namespace sluice::oauth
