// Caller key: who a call's friction is counted for (issuer, client and subject of a verified
// token).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "crypto/digest.h"
#include "token/introspection.h"

namespace sluice::resource {

/// Issuer, client and subject of a verified token, so that
/// neither a new session nor a new token starts afresh, and nobody without a token has one.
class CallerKey {
public:
    /// issuer  The one the resource trusts: not every answer of an introspection tells it.
    static CallerKey of(std::string_view issuer, std::string_view client_id,
                        std::string_view subject);
    static CallerKey of(std::string_view issuer, const token::TokenInfo& info) {
        return of(issuer, info.client_id, info.subject);
    }

    /// The shard whose Guard holds this caller's controllers, so that rates are exact.
    unsigned owner(unsigned shard_count) const;
    /// For Registry; valid while *this lives.
    std::string_view text() const { return crypto::as_text(digest_); }

    /// A key as text() gave it once; nothing where it cannot be one.
    static std::optional<CallerKey> from_text(std::string_view text);

    friend bool operator==(const CallerKey&, const CallerKey&) = default;
    struct Hash {
        std::size_t operator()(const CallerKey& key) const noexcept {
            return crypto::DigestHash{}(key.digest_);
        }
    };

private:
    explicit CallerKey(const crypto::Digest& digest) : digest_(digest) {}
    crypto::Digest digest_;
};

}  // namespace sluice::resource
