// C interface of the friction controller: a configuration while it is being written.
#pragma once

#include "friction/raw_config.h"

struct sluice_friction_config {
    sluice::friction::RawFrictionConfig raw;
};
