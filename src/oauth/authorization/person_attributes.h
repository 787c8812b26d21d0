// Subject attributes (attribute-based access control): what is known of the person of a token.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "io/task.h"
#include "storage/expiring_map.h"
#include "token/introspection.h"

namespace sluice::oauth {

struct ShardState;

/// Those of users in storage, for a while: an access rule may ask at every call. Nothing where
/// there is no such user.
using PersonCache = storage::ExpiringMap<std::string, std::optional<std::vector<token::Attribute>>>;
/// For how long a change of a user in storage may go unseen by access rules.
inline constexpr auto person_cache_ttl = std::chrono::seconds(10);
inline constexpr std::size_t person_cache_size_max = 4096;  // on each shard

/// Fills `attributes`: username, name, email, and what the configuration says of its users. A token
/// of no person has none. `knows_person` is false where the user is gone or storage gives no
/// answer.
io::Task<void> describe_person(ShardState& state, token::TokenInfo& info);

}  // namespace sluice::oauth
