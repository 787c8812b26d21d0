#include "resource/tokens/jwt_verifier.h"

#include "base/check.h"
#include "base/result.h"
#include "resource/tokens/jwt_claims.h"

namespace sluice::resource {
namespace {

std::unexpected<TokenError> inactive() {
    return failure(TokenError{TokenFault::inactive});
}

}  // namespace

JwtVerifier::JwtVerifier(io::Shard& shard, http::Client& client, const JwtSettings& settings,
                         const token::ResourceIdentifier& identifier)
    : shard_(shard),
      settings_(settings),
      identifier_(identifier),
      issuer_(shard, client, settings),
      known_(settings.cache_entries_max) {
    CHECK(!settings.issuer.empty() && !settings.algorithms.empty(), settings.issuer);
}

io::Task<std::expected<void, TokenError>> JwtVerifier::verify(std::string_view token,
                                                              std::string_view,
                                                              io::CancelScope* scope,
                                                              token::TokenInfo& info) {
    const crypto::Digest digest = crypto::sha256(token);
    if (const token::TokenInfo* known = known_.find(digest, shard_.now())) {
        info = *known;
        co_return std::expected<void, TokenError>();
    }
    CO_TRY(info, co_await read(token, scope));
    remember(digest, info);
    co_return std::expected<void, TokenError>();
}

// The signature is the last thing to be checked: nobody makes keys be fetched, or a signature be
// computed, with a text that would be refused anyway.
io::Task<std::expected<token::TokenInfo, TokenError>> JwtVerifier::read(std::string_view token,
                                                                        io::CancelScope* scope) {
    const auto jws = crypto::Jws::parse(token, settings_.algorithms);
    if (!jws || !may_be_access_token(*jws)) co_return inactive();
    const auto payload = JsonDocument::parse(jws->payload());
    if (!payload) co_return inactive();
    CO_TRY(token::TokenInfo info,
           read_access_token_claims(payload->root(), settings_, identifier_,
                                    token::to_numeric_date(shard_.wall_now())));
    const token::RemoteJwks::Keys keys = co_await issuer_.keys().keys_for(*jws, scope);
    // A key that is not known while the issuer cannot be asked may be a new one.
    const bool is_unsure = !issuer_.keys().fault().empty();
    if (keys == nullptr || (is_unsure && !keys->has_key_for(*jws))) {
        co_return failure(TokenError{.fault = TokenFault::unavailable,
                                     .retry_after = issuer_.keys().retry_after(),
                                     .detail = issuer_.keys().fault()});
    }
    if (!keys->verify(*jws)) co_return inactive();
    co_return info;
}

void JwtVerifier::remember(const crypto::Digest& digest, const token::TokenInfo& info) {
    CHECK(info.expires_at.has_value(), "a token that never expires is none");
    constexpr std::int64_t day = 86'400;  // s
    const std::int64_t left = *info.expires_at - numeric_date(shard_.wall_now());
    if (left > 0) known_.insert(digest, info, shard_.now() + Seconds(std::min(left, day)));
}

}  // namespace sluice::resource
