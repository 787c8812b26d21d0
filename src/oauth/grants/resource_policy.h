// Resource indicators (RFC 8707): which resource a token is meant for.
#pragma once

#include <optional>
#include <string_view>

#include "base/pooled_text.h"
#include "http/form.h"
#include "oauth/errors.h"
#include "oauth/settings.h"

namespace sluice::oauth {

/// What the parameters ask for, as it is written first; nothing where they ask for none. One token
/// is for one resource: `resource` may stand several times, in whatever spelling of the same.
/// Errors: invalid_target (§2).
Result<std::optional<std::string_view>> asked_resource(const http::Form& form);

/// Of a new grant: the canonical identifier of a known resource; of any where the settings name
/// none. Where none is asked for it is the first that they name, so that clients which know
/// nothing of resources get a token that is good for something; or none in particular (an empty
/// text). Errors: invalid_target (§2).
Result<PooledText> resource_to_grant(std::optional<std::string_view> asked,
                                     const Settings& settings);

/// Of a token under a grant (§2.2): the granted resource again. A grant for none in particular is
/// for no other either: nobody was asked about that one. Errors: invalid_target.
Result<PooledText> resource_of_token(std::optional<std::string_view> asked,
                                     std::string_view granted);

/// The resource of that canonical identifier; null where there is none.
const ResourceSetting* find_resource(const Settings& settings, std::string_view identifier);

}  // namespace sluice::oauth
