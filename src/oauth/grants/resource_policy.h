// Which resource a token is meant for (RFC 8707).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "oauth/errors.h"
#include "oauth/settings.h"

namespace sluice::oauth {

/// Of a new grant: the canonical identifier of a known resource; of any where the settings name
/// none. Where none is asked for it is the only one there is, or none in particular (an empty
/// text). Errors: invalid_target (§2).
Result<std::string> resource_to_grant(std::optional<std::string_view> asked,
                                      const Settings& settings);

/// Of a token under a grant (§2.2): the granted resource again; a grant for none in particular may
/// be narrowed to a known one. Errors: invalid_target.
Result<std::string> resource_of_token(std::optional<std::string_view> asked,
                                      std::string_view granted, const Settings& settings);

/// The resource of that canonical identifier; null where there is none.
const ResourceSetting* find_resource(const Settings& settings, std::string_view identifier);

}  // namespace sluice::oauth
