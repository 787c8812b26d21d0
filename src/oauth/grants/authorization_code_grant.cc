// grant_type=authorization_code: RFC 6749 §4.1.3, RFC 7636 §4.5.
#include "oauth/grants/authorization_code_grant.h"

#include <string>

#include "base/check.h"
#include "crypto/digest.h"
#include "oauth/authorization/account.h"
#include "oauth/grants/authorization_code.h"
#include "oauth/grants/resource_policy.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"

namespace sluice::oauth {
namespace {

constexpr std::string_view dead_code =
    "The authorization code is invalid, expired, already used, or was issued to another client.";

// How long a redeemed code is known, so that a replay ends the grant: RFC 6749 §4.1.2 gives a code
// ten minutes at most.
constexpr Duration replay_memory = std::chrono::minutes{10};

struct Redemption {
    token::GrantTag tag;
    std::string key;  // of the code's document
    std::optional<std::string_view> redirect_uri;
    std::optional<std::string_view> code_verifier;
    std::optional<std::string_view> resource;
    const Client& client;
    const http::Request& http;
};

Result<Redemption> read_redemption(const TokenRequest& request) {
    TRY(const std::string_view code, require_parameter(request.form, "code"));
    const auto tag = token::parse_token(code, token::TokenKind::authorization_code);
    if (!tag) return refuse(ErrorCode::invalid_grant, dead_code);
    TRY(const auto resource, asked_resource(request.form));
    return Redemption{.tag = *tag,
                      .key = document_key(crypto::sha256(code)),
                      .redirect_uri = parameter(request.form, "redirect_uri"),
                      .code_verifier = parameter(request.form, "code_verifier"),
                      .resource = resource,
                      .client = request.client,
                      .http = request.http};
}

// RFC 6749 §4.1.2: a code used a second time ends what the first use gave. By another client it
// only fails: the owner is not to be harmed by somebody else.
io::Task<Result<>> end_grant_of_replayed_code(ShardState& owner, const Redemption& redemption) {
    const storage::DocumentKey key{storage::DocumentKind::redeemed_code, redemption.key};
    CO_TRY(const auto json, stored(co_await owner.store.get(key)));
    const auto redeemed = json ? read_redeemed_code(*json) : std::nullopt;
    if (!redeemed || redeemed->client_id != redemption.client.client_id) co_return Result<>();
    CO_REQUIRE(stored(co_await owner.tokens.revoke(redeemed->tag, std::nullopt)));
    CO_TRY(const auto first, stored(co_await owner.store.erase(key)));
    if (first == storage::Outcome::conflict) co_return Result<>();
    owner.observer.on_event({.kind = EventKind::replay_detected,
                             .client_id = redemption.client.client_id,
                             .detail = "authorization_code",
                             .address = redemption.http.peer(),
                             .request_id = redemption.http.id()});
    co_return Result<>();
}

// RFC 7636 §4.6. Every code has a challenge, so every redemption needs the verifier.
bool verifier_matches(const AuthorizationCode& code, std::optional<std::string_view> text) {
    if (!text) return false;
    const auto verifier = CodeVerifier::parse(*text);
    return verifier && code.challenge.matches(*verifier);
}

Result<> check_code(const AuthorizationCode& code, const Redemption& redemption) {
    if (code.client_id != redemption.client.client_id) {
        return refuse(ErrorCode::invalid_grant, dead_code);
    }
    // OAuth 2.1 §4.1.3 no longer asks for it, but what is sent must be right.
    if (redemption.redirect_uri && *redemption.redirect_uri != code.redirect_uri) {
        return refuse(ErrorCode::invalid_grant,
                      "The redirect_uri does not match the authorization request.");
    }
    if (!verifier_matches(code, redemption.code_verifier)) {
        return refuse(ErrorCode::invalid_grant,
                      "The code_verifier is missing or does not match the code_challenge.");
    }
    return {};
}

// Done, and the tokens are handed out; a conflict where the code has gone meanwhile, or where
// another grant has this tag.
io::Task<Result<std::optional<IssuedTokens>>> try_redeeming(ShardState& owner,
                                                            const Redemption& redemption,
                                                            const AuthorizationCode& code,
                                                            token::GrantTag tag) {
    CHECK(code.client_id == redemption.client.client_id, "checked before");
    CO_TRY(const PooledText resource, resource_of_token(redemption.resource, code.resource));
    const std::string redeemed = to_json(RedeemedCode{code.client_id, tag});
    const storage::GrantClaims claims{code.client_id, code.username, code.scope.text(), resource};
    IssuedTokens tokens =
        make_tokens(owner, tag,
                    {.client_id = code.client_id,
                     .username = code.username,
                     .scope = code.scope.text(),
                     .resource = resource,
                     .with_refresh = redemption.client.grant_types.has(GrantType::refresh_token)});
    CO_TRY(const auto outcome, stored(co_await owner.tokens.redeem(
                                   {storage::DocumentKind::authorization_code, redemption.key},
                                   {.kind = storage::DocumentKind::redeemed_code,
                                    .key = redemption.key,
                                    .value = redeemed,
                                    .lifetime = replay_memory},
                                   to_store(owner, tag, claims, tokens))));
    if (outcome == storage::Outcome::conflict) co_return std::nullopt;
    co_return std::move(tokens);
}

// On the shard of the code's tag. Of several at once the store lets one through. A code that fails
// a check stays usable for the client it belongs to, until it expires. The grant has the code's
// tag, unless another grant has that.
io::Task<TokenResult> redeem(ShardState& owner, const Redemption& redemption) {
    const storage::DocumentKey key{storage::DocumentKind::authorization_code, redemption.key};
    token::GrantTag tag = redemption.tag;
    CHECK(owner.owner_of(tag) == owner.here(), "on the shard of the code's tag");
    for (int attempt = 0; attempt < tags_tried_max; ++attempt) {
        CO_TRY(const auto json, stored(co_await owner.store.get(key)));
        const auto code = json ? read_authorization_code(*json) : std::nullopt;
        if (!code) break;
        CO_REQUIRE(check_code(*code, redemption));
        CO_TRY(auto tokens, co_await try_redeeming(owner, redemption, *code, tag));
        if (tokens) {
            CO_TRY(const bool stands,
                   co_await grant_stands(owner, tag, code->username, code->account_mark));
            if (stands) co_return *std::move(tokens);
            co_return refuse(ErrorCode::invalid_grant, dead_code);
        }
        tag = new_tag(owner);
    }
    CO_REQUIRE(co_await end_grant_of_replayed_code(owner, redemption));
    co_return refuse(ErrorCode::invalid_grant, dead_code);
}

}  // namespace

io::Task<TokenResult> redeem_authorization_code(ShardState& state, const TokenRequest& request) {
    CO_TRY(const Redemption redemption, read_redemption(request));
    co_return co_await state.peers.run(
        state.shard, state.owner_of(redemption.tag),
        [&redemption](ShardState& owner) { return redeem(owner, redemption); });
}

}  // namespace sluice::oauth
