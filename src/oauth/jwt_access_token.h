// JWT access tokens (RFC 9068): how one is written, and whose record it leads to.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "oauth/grants/issue_tokens.h"
#include "oauth/settings.h"
#include "storage/store.h"

namespace sluice::oauth {

struct ShardState;

/// Whether any resource has its tokens as JWTs.
bool issues_jwts(const Settings& settings);
/// How tokens for `resource` (canonical; may be empty) are written.
AccessTokenFormat token_format_of(const Settings& settings, std::string_view resource);

/// Appends what goes out in place of `issued.access`: a JWT whose `jti` is the tag and the digest
/// of that text, so that the record which is kept of it is the JWT's, too. The server has keys.
void append_jwt_access_token(std::string& out, const ShardState& state, std::string_view client_id,
                             const IssuedTokens& issued);

/// Where the record of a JWT is that this server has signed; nothing for every other text. Its
/// times are the record's affair.
std::optional<storage::TokenKey> read_jwt_access_token(const ShardState& state,
                                                       std::string_view text);

}  // namespace sluice::oauth
