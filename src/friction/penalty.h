// Penalty: the friction that a client comes back with, as a value to store and to restore.
#pragma once

#include <vector>

#include "friction/time.h"
#include "friction/tool_id.h"

namespace sluice::friction {

struct Penalty {
    struct Tool {
        ToolId id;  // listed
        double friction;
        friend bool operator==(const Tool&, const Tool&) = default;
    };

    Moment last_call{};  // from which on the friction fades, where it does while idle
    std::vector<Tool> tools;

    friend bool operator==(const Penalty&, const Penalty&) = default;
};

}  // namespace sluice::friction
