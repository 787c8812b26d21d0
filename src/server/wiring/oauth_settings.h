// Wiring: from the configuration to what the authorization server is told.
#pragma once

#include "base/random.h"
#include "config/config.h"
#include "oauth/settings.h"

namespace sluice::server {

/// What [auth] says, as the authorization server takes it. Costs no time worth mentioning.
/// config.auth() must be there.
oauth::Settings oauth_settings(const config::Config& config, Random& random);

}  // namespace sluice::server
