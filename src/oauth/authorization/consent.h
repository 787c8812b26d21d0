// Remembered consent: what a person has allowed a client before.
#pragma once

#include <string_view>

#include "io/task.h"
#include "oauth/authorization/authorization_request.h"

namespace sluice::oauth {

struct ShardState;

/// Whether the same person has allowed the same client, at the same destination, this resource and
/// all of these scopes. Always false unless the settings say that consent is remembered, and for a
/// client that registered itself anywhere but at an https address.
io::Task<Result<bool>> has_consented(ShardState& state, const AuthorizationRequest& request,
                                     std::string_view username);

/// Notes that they have; and that the client is in use, so that its registration is kept.
io::Task<Result<>> note_consent(ShardState& state, const AuthorizationRequest& request,
                                std::string_view username);

}  // namespace sluice::oauth
