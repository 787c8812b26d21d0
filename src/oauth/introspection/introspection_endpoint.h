// Token introspection (RFC 7662): POST /introspect, and the same question asked in process.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/message.h"
#include "io/task.h"
#include "token/introspection.h"

namespace sluice::oauth {

struct ShardState;

/// An EndpointHandler: answers every request.
io::Task<void> serve_introspect(ShardState& state, const http::Request& request,
                                http::Response& response);

enum class Activity : std::uint8_t {
    active,
    inactive,     // unknown, expired, revoked
    unavailable,  // storage does not answer: nobody knows
};

/// The same answer as serve_introspect() gives, in process: where `access_token` is an active
/// access token of this server, `info` is all that is known of it. Does not suspend where the token
/// is in this shard's memory; allocates only what `info` has no room for yet. Both live until the
/// task ends.
io::Task<Activity> find_active_token(ShardState& state, std::string_view access_token,
                                     token::TokenInfo& info);

}  // namespace sluice::oauth
