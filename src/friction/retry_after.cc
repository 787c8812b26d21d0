// The waiting time of a refusal, out of the decay.
#include "friction/retry_after.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace sluice::friction {
namespace {

/// The largest friction at which a call of `tool` costs no more than `budget`; negative: none.
double friction_within(double budget, const ToolPolicy& tool) {
    if (tool.max_cost <= budget) return 1;
    if (tool.min_cost > budget) return -1;
    return (budget - tool.min_cost) / (tool.max_cost - tool.min_cost);
}

}  // namespace

void set_retry_after(Decision& decision, const ToolPolicy& tool, const FrictionConfig& config) {
    // A hair below the goal, so that rounding on the way there cannot leave the call refused.
    CHECK(!decision.allowed, "who passes waits for nothing");
    const double goal =
        (1 - 1e-12) * std::min(tool.hard_block_threshold, friction_within(decision.budget, tool));
    const double rate = config.recover_while_idle() ? config.time_decay_rate() : 0;
    decision.retry_after_seconds = retry_after_fallback_seconds;
    decision.waiting_helps = goal > 0 && rate > 0;
    if (!decision.waiting_helps) return;
    const double wait = std::ceil(std::log(std::max(decision.friction / goal, 1.0)) / rate);
    CHECK(wait >= 0);
    decision.waiting_helps = wait <= retry_after_seconds_max;
    decision.retry_after_seconds = static_cast<std::uint32_t>(
        std::clamp(wait, 1.0, static_cast<double>(retry_after_seconds_max)));
    CHECK(decision.retry_after_seconds > 0);
}

}  // namespace sluice::friction
