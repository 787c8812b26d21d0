// What the token, revocation and introspection endpoints share in authenticating whoever calls:
// callers that have proved themselves before, and the count of wrong secrets.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/pooled_text.h"
#include "http/form.h"
#include "http/message.h"
#include "oauth/clients/caller_cache.h"

namespace sluice::oauth {

struct ShardState;

/// The caller that this very Authorization field has proved before, where the request holds nothing
/// else that speaks of a client; null otherwise. No allocation. Valid until the shard suspends.
const Caller* find_proven_caller(ShardState& state, const http::Request& request,
                                 const http::Form& form);

/// From now on the request's Authorization field proves `caller`; unless a client has changed since
/// `revision` of the directory, by which it was checked.
void remember_proven_caller(ShardState& state, const http::Request& request, const Caller& caller,
                            std::uint64_t revision);

/// What wrong secrets are counted by.
/// address  address_key(). client_id  One text for one client, however it was encoded.
PooledText secret_guess_key(std::string_view address, std::string_view client_id);

/// On the shard that counts: one more secret was shown. people  Behind the address. Above zero:
/// refuse, for so long. A right one is never refused, however many wrong ones others send from the
/// same address: secrets have 256 random bits or are long, and guessing them online is hopeless.
Seconds count_secret(ShardState& owner, std::string_view guess, unsigned people, bool right);

}  // namespace sluice::oauth
