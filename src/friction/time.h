// Time as the friction library takes it: an argument, never a clock of its own.
#pragma once

#include <chrono>

namespace sluice::friction {

/// Seconds and fractions since any fixed moment. A caller with a monotonic clock passes
/// `clock.monotonic().time_since_epoch()`; a moment earlier than the last counts as no time passed.
using Moment = std::chrono::duration<double>;

}  // namespace sluice::friction
