// From the configuration to what the gateway is told.
#pragma once

#include "resource/settings.h"
#include "server/config/config.h"

namespace sluice::server {

/// A Config is valid, so this cannot fail.
resource::Settings resource_settings(const Config& config);

}  // namespace sluice::server
