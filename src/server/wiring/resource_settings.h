// Wiring: from the configuration to what the gateway is told.
#pragma once

#include "config/config.h"
#include "resource/settings.h"

namespace sluice::server {

/// A Config is valid, so this cannot fail.
resource::Settings resource_settings(const config::Config& config);

}  // namespace sluice::server
