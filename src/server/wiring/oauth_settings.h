// From the configuration to what the authorization server is told.
#pragma once

#include "base/random.h"
#include "oauth/settings.h"
#include "server/config/config.h"

namespace sluice::server {

/// Hashes passwords that the configuration holds in plain text, about 75 ms each.
/// config.auth() must be there.
oauth::Settings oauth_settings(const Config& config, Random& random);

}  // namespace sluice::server
