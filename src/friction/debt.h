// What a client owes, as a value: to write it down somewhere, and to bring it back from there.
#pragma once

#include <vector>

#include "friction/time.h"
#include "friction/tool_id.h"

namespace sluice::friction {

struct Debt {
    struct Owed {
        ToolId tool;  // listed
        double friction;
        friend bool operator==(const Owed&, const Owed&) = default;
    };

    Moment last_call{};  // from which on the friction fades, where it does while idle
    std::vector<Owed> owed;

    friend bool operator==(const Debt&, const Debt&) = default;
};

}  // namespace sluice::friction
