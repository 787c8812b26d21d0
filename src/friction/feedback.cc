// The three steps of the feedback loop: each tool against its target, relief of targets that cannot
// be met, and the pressure of groups.
#include <algorithm>
#include <cmath>

#include "friction/controller.h"
#include "friction/estimator.h"

// Recorded traces replay bit for bit; a fused multiply-add would round elsewhere.
#pragma clang fp contract(off)

namespace sluice::friction {

void Controller::adjust_tools() {
    const double gain = config_->adjustment_rate();
    const double asymmetry = config_->asymmetric_decay();
    const double dead_zone = config_->dead_zone();
    const std::span<double> frictions = friction();
    const std::span<const double> rate = rates();
    const std::span<const double> target = targets();
    for (std::size_t i = 0; i < frictions.size(); ++i) {
        const double excess = rate[i] - target[i];
        const double moved = frictions[i] + gain * (excess < 0 ? excess * asymmetry : excess);
        const double clamped = std::min(1.0, std::max(0.0, moved));
        frictions[i] = std::abs(excess) < dead_zone ? frictions[i] : clamped;
    }
}

void Controller::relieve_saturated(SaturationListener* listener) {
    const std::span<double> target = targets();
    const std::uint16_t window = config_->saturation_window();
    for (std::uint16_t i = 0; i < target.size(); ++i) {
        const std::uint16_t relieved = streaks_[i] & relieved_bit;
        if (friction()[i] < config_->saturation_threshold()) {
            streaks_[i] = relieved;
            continue;
        }
        const auto streak =
            static_cast<std::uint16_t>(std::min<int>((streaks_[i] & ~relieved_bit) + 1, window));
        streaks_[i] = relieved | streak;
        if (streak < window) continue;
        target[i] = std::min(1.0, target[i] + config_->saturation_relief_rate());
        streaks_[i] |= relieved_bit;
        if (relieved == 0 && listener != nullptr) {
            const ToolId tool = ToolId::listed(i);
            listener->on_saturation({tool, target[i], config_->tool(tool).target_rate});
        }
    }
}

void Controller::press_groups() {
    const std::span<double> averages = group_rates();
    const std::span<double> frictions = friction();
    const std::span<const double> rate = rates();
    for (std::size_t g = 0; g < averages.size(); ++g) {
        const GroupPolicy& group = config_->groups()[g];
        double together = 0;
        for (const std::uint16_t member : group.members) together += rate[member];
        averages[g] = blend(averages[g], together, config_->ema_alpha());
        const double excess = averages[g] - group.aggregate_target;
        if (excess <= config_->dead_zone() || together <= 0) continue;
        const double pressure = config_->adjustment_rate() * excess * group.pressure_weight;
        for (const std::uint16_t member : group.members) {
            frictions[member] =
                std::min(1.0, frictions[member] + pressure * (rate[member] / together));
        }
    }
}

}  // namespace sluice::friction
