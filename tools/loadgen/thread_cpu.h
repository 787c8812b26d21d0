// What the calling thread has used of the processor, and how long it waited for it.
#pragma once

#include "base/clock.h"

namespace sluice::loadgen {

struct ThreadCpu {
    Duration user{};
    Duration system{};
    Duration waited{};  // ready to run while others had the core; zero where the kernel hides it
    MonotonicTime at{};

    static ThreadCpu now(Clock& clock);
};

}  // namespace sluice::loadgen
