// Keys of the authorization server: secrets that its shards and boxes share.
#pragma once

#include <cstdint>
#include <memory>

#include "base/random.h"
#include "base/secret.h"

namespace sluice::oauth {

class SigningKeys;

/// The same on every shard, and in every process that serves the same issuer.
struct Keys {
    static Keys generate(Random& random);

    Secret form;       // authenticates the forms of the login and consent pages
    Secret successor;  // derives the successors of refresh tokens
    std::shared_ptr<const SigningKeys> signing;  // of JWT access tokens; null: none is issued
    std::uint64_t owner_seed = 0;  // spreads clients, users and addresses over this process' shards
};

}  // namespace sluice::oauth
