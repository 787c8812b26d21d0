// Refresh token reuse detection (RFC 9700 §4.14.2): whose grant a token is of that is current no
// longer.
#pragma once

#include <optional>
#include <string_view>

#include "storage/grant_store.h"
#include "token/token_text.h"

namespace sluice::oauth {

struct ShardState;

/// The living grant of this client that a refresh token was of before it was replaced; nothing
/// where that is over or another client's, or where the text never was one. Of any generation where
/// the text tells it. Tokens that tell none (those of before generations were told, those of other
/// servers) are known up to 64 rotations later, where not more than two of several tell theirs.
/// On the shard of `tag`, in the turn in which the token was looked for and not found: so what the
/// store knows of the grant is in memory.
std::optional<storage::GrantHandle> grant_of_replaced_token(ShardState& owner,
                                                            std::string_view text,
                                                            token::GrantTag tag,
                                                            std::string_view client_id);

}  // namespace sluice::oauth
