// grant_type=urn:ietf:params:oauth:grant-type:device_code: RFC 8628 §3.4, §3.5.
#include "oauth/grants/device_code_grant.h"

#include <string>

#include "oauth/authorization/account.h"
#include "oauth/device/device_request.h"
#include "oauth/grants/resource_policy.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"

namespace sluice::oauth {
namespace {

constexpr std::string_view dead_code =
    "The device code is invalid, already used, or was issued to another client.";

std::unexpected<Error> refusal(DevicePollAnswer answer, Duration next_interval) {
    switch (answer) {
        case DevicePollAnswer::authorization_pending:
            return refuse(ErrorCode::authorization_pending, "The person has not decided yet.");
        case DevicePollAnswer::slow_down:
            return refuse_for_now(ErrorCode::slow_down,
                                  "The device asks too often. Wait five seconds longer than before "
                                  "from now on.",
                                  std::chrono::ceil<Seconds>(next_interval));
        case DevicePollAnswer::access_denied:
            return refuse(ErrorCode::device_denied, "The person has denied the request.");
        case DevicePollAnswer::expired_token:
            return refuse(ErrorCode::expired_token,
                          "The device code has expired. Start the authorization again.");
        default:
            return refuse(ErrorCode::invalid_grant, dead_code);
    }
}

struct Approved {
    std::string key;
    std::string username;
    std::string account_mark;
    DeviceRequest request;
};

// Everything up to the tokens.
io::Task<Result<Approved>> poll(ShardState& state, const TokenRequest& request) {
    CO_TRY(const std::string_view code, require_parameter(request.form, "device_code"));
    std::string key = device_request_key(code);
    CO_TRY(auto found, co_await find_device_request(state, key));
    DevicePoll poll{.known = found && found->client_id == request.client.client_id};
    if (!poll.known) co_return refusal(answer_device_poll(poll), {});
    const DevicePace::Step step =
        co_await state.peers.call(state.shard, state.owner_of(key), [&](ShardState& owner) {
            return owner.device_pace.step(key, found->interval, owner.now());
        });
    poll.left = found->expires_at - state.shard.wall_now();
    poll.interval = step.interval;
    poll.since_last = step.since_last;
    // Whether anybody has decided is looked up for those alone who may ask now.
    poll.status = DeviceStatus::pending;
    DevicePollAnswer answer = answer_device_poll(poll);
    if (answer != DevicePollAnswer::authorization_pending) {
        co_return refusal(answer, step.next_interval);
    }
    CO_TRY(DeviceDecision decision, co_await find_device_decision(state, key));
    poll.status = decision.status;
    answer = answer_device_poll(poll);
    if (answer != DevicePollAnswer::approved) co_return refusal(answer, step.next_interval);
    co_return Approved{std::move(key), std::move(decision.username), std::move(decision.mark),
                       *std::move(found)};
}

}  // namespace

// Of several polls at once the store lets one through, whatever core or box they reach.
io::Task<TokenResult> poll_with_device_code(ShardState& state, const TokenRequest& request) {
    CO_TRY(const auto asked, asked_resource(request.form));
    CO_TRY(const Approved approved, co_await poll(state, request));
    CO_TRY(const PooledText resource, resource_of_token(asked, approved.request.resource));
    const storage::GrantClaims claims{approved.request.client_id, approved.username,
                                      approved.request.scope.text(), resource};
    const RedeemedDeviceRequest redemption = redemption_of_device_request(approved.key);
    for (int attempt = 0; attempt < tags_tried_max; ++attempt) {
        const token::GrantTag tag = new_tag(state);
        IssuedTokens tokens =
            make_tokens(state, tag,
                        {.client_id = claims.client_id,
                         .username = claims.username,
                         .scope = claims.scope,
                         .resource = claims.resource,
                         .with_refresh = request.client.grant_types.has(GrantType::refresh_token)});
        const storage::NewTokens added = to_store(state, tag, claims, tokens);
        CO_TRY(const auto outcome, stored(co_await state.tokens.redeem(
                                       redemption.request, redemption.redeemed, added)));
        if (outcome == storage::Outcome::done) {
            CO_TRY(const bool stands,
                   co_await grant_stands(state, tag, approved.username, approved.account_mark));
            if (!stands) break;
            co_return tokens;
        }
        CO_TRY(const auto still_there, co_await find_device_request(state, approved.key));
        if (!still_there) break;
    }
    co_return refuse(ErrorCode::invalid_grant, dead_code);
}

}  // namespace sluice::oauth
