// Verification of another issuer's JWT access tokens (RFC 9068) by its published keys.
#pragma once

#include "resource/settings.h"
#include "resource/tokens/introspection_cache.h"
#include "resource/tokens/issuer_keys.h"
#include "resource/tokens/verifier.h"

namespace sluice::resource {

/// A token that was found good is remembered by its SHA-256 until it expires, so that it is parsed
/// and verified once on each shard. Without keys the answer is `unavailable`: nothing passes that
/// was not verified.
class JwtVerifier final : public Verifier {
public:
    /// For one resource: what it accepts is meant for `identifier`. All outlive the verifier.
    JwtVerifier(io::Shard& shard, http::Client& client, const JwtSettings& settings,
                const token::ResourceIdentifier& identifier);

    io::Task<std::expected<void, TokenError>> verify(std::string_view token, std::string_view peer,
                                                     io::CancelScope* scope,
                                                     token::TokenInfo& info) override;

private:
    io::Task<std::expected<token::TokenInfo, TokenError>> read(std::string_view token,
                                                               io::CancelScope* scope);
    void remember(const crypto::Digest& digest, const token::TokenInfo& info);

    io::Shard& shard_;
    const JwtSettings& settings_;
    const token::ResourceIdentifier& identifier_;
    IssuerKeys issuer_;
    IntrospectionCache known_;
};

}  // namespace sluice::resource
