// Saturation event: a tool's target starts to rise, since friction has stood at the top for long.
#pragma once

#include "friction/tool_id.h"

namespace sluice::friction {

struct SaturationEvent {
    ToolId tool;
    double effective_target;  // with the first step of relief
    double target_rate;       // as configured
};

/// Told of a client's tool at most once, during the call that recorded it; must not call back.
class SaturationListener {
public:
    virtual void on_saturation(const SaturationEvent& event) = 0;

protected:
    ~SaturationListener() = default;
};

}  // namespace sluice::friction
