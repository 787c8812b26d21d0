// grant_type=authorization_code: RFC 6749 §4.1.3, RFC 7636 §4.5.
#include <string>

#include "crypto/digest.h"
#include "oauth/grants/resource_policy.h"
#include "oauth/grants/token_request.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

constexpr std::string_view dead_code =
    "The authorization code is unknown, expired, used, or of another client.";

struct Redemption {
    token::GrantTag tag;
    crypto::Digest digest;  // of the code
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
                      .digest = crypto::sha256(code),
                      .redirect_uri = parameter(request.form, "redirect_uri"),
                      .code_verifier = parameter(request.form, "code_verifier"),
                      .resource = resource,
                      .client = request.client,
                      .http = request.http};
}

// RFC 6749 §4.1.2: a code used a second time ends what the first use gave. By another client it
// only fails: the owner is not to be harmed by somebody else.
void end_grant_of_replayed_code(ShardState& owner, const Redemption& redemption) {
    const RedeemedCode* redeemed = owner.redeemed_codes.find(redemption.digest, owner.now());
    if (redeemed == nullptr || redeemed->client_id != redemption.client.client_id) return;
    if (owner.grants.find(redeemed->grant) == nullptr) return;
    owner.grants.revoke(redeemed->grant);
    owner.observer.on_event({.kind = EventKind::replay_detected,
                             .client_id = redemption.client.client_id,
                             .detail = "authorization_code",
                             .address = redemption.http.peer(),
                             .request_id = redemption.http.id()});
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
                      "The redirect_uri is not the one of the authorization request.");
    }
    if (!verifier_matches(code, redemption.code_verifier)) {
        return refuse(ErrorCode::invalid_grant,
                      "The code_verifier is missing or does not match the code_challenge.");
    }
    return {};
}

// On the shard of the code's tag, in one step: nothing can come between the look and the use. A
// code that fails a check stays usable for the client it belongs to, until it expires.
TokenResult redeem(ShardState& owner, const Redemption& redemption) {
    const AuthorizationCode* found = owner.codes.find(redemption.digest, owner.now());
    if (found == nullptr) {
        end_grant_of_replayed_code(owner, redemption);
        return refuse(ErrorCode::invalid_grant, dead_code);
    }
    REQUIRE(check_code(*found, redemption));
    TRY(const PooledText resource, resource_of_token(redemption.resource, found->resource));

    const AuthorizationCode code = *found;
    owner.codes.erase(redemption.digest);
    StartedGrant started = start_grant(owner, redemption.tag,
                                       {.client_id = code.client_id,
                                        .username = code.username,
                                        .scope = code.scope.text(),
                                        .resource = resource,
                                        .with_refresh = redemption.client.refresh_token});
    owner.redeemed_codes.put(redemption.digest, {code.client_id, started.grant}, owner.now());
    return std::move(started.tokens);
}

}  // namespace

io::Task<TokenResult> redeem_authorization_code(ShardState& state, const TokenRequest& request) {
    CO_TRY(const Redemption redemption, read_redemption(request));
    co_return co_await state.peers.call(
        state.shard, state.owner_of(redemption.tag),
        [&redemption](ShardState& owner) { return redeem(owner, redemption); });
}

}  // namespace sluice::oauth
