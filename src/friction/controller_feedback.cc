// The three steps of the feedback loop: each tool against its target, relief of targets that cannot
// be met, and the pressure of groups.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/check.h"
#include "friction/controller.h"
#include "friction/estimator.h"

// Recorded traces replay bit for bit; a fused multiply-add would round elsewhere.
#pragma clang fp contract(off)

namespace sluice::friction {

namespace {

/// Two numbers at a time: what every x86-64 has.
using Pair = double __attribute__((vector_size(16)));
using PairBits = std::uint64_t __attribute__((vector_size(16)));

Pair load(const double* from) {
    Pair pair;
    std::memcpy(&pair, from, sizeof pair);
    return pair;
}

void store(double* to, Pair pair) {
    std::memcpy(to, &pair, sizeof pair);
}

Pair magnitude(Pair pair) {
    constexpr std::uint64_t all_but_sign = ~(std::uint64_t{1} << 63);
    return reinterpret_cast<Pair>(reinterpret_cast<PairBits>(pair) & all_but_sign);
}

Pair higher(Pair a, Pair b) {
    return a > b ? a : b;
}

Pair lower(Pair a, Pair b) {
    return a < b ? a : b;
}

/// A tool's part of the window's calls, times the weight of the newest: looked up, where a full
/// window makes its size the same for all, or divided. Both round alike.
struct LookedUpShare {
    const double* weighted;
    Pair operator()(const std::uint16_t* counts) const {
        return Pair{weighted[counts[0]], weighted[counts[1]]};
    }
};
struct DividedShare {
    double alpha;
    double calls;
    Pair operator()(const std::uint16_t* counts) const {
        const Pair held{static_cast<double>(counts[0]), static_cast<double>(counts[1])};
        return alpha * (held / calls);
    }
};

/// The tools' numbers, an even count of them, while all take one step.
struct ToolLoop {
    double* friction;
    double* rates;
    const std::uint16_t* counts;
    std::size_t tools;
    double decay;
    double kept;  // the weight of the rate until now
};

void update_rates(const ToolLoop& loop, auto share) {
    for (std::size_t i = 0; i < loop.tools; i += 2) {
        store(loop.friction + i, load(loop.friction + i) * loop.decay);
        const Pair rate = load(loop.rates + i) * loop.decay;
        store(loop.rates + i, share(loop.counts + i) + loop.kept * rate);
    }
}

void update_rates_and_friction(const ToolLoop& loop, auto share, const double* targets,
                               const FrictionConfig& config) {
    const double gain = config.adjustment_rate();
    const double asymmetry = config.asymmetric_decay();
    const double dead_zone = config.dead_zone();
    const auto [frictions, rates, counts, tools, decay, kept] = loop;
    const Pair none{0, 0};
    const Pair full{1, 1};
    for (std::size_t i = 0; i < tools; i += 2) {
        const Pair rate = share(counts + i) + kept * (load(rates + i) * decay);
        store(rates + i, rate);
        const Pair excess = rate - load(targets + i);
        const Pair counted = magnitude(excess) < dead_zone ? none : excess;
        // One of the two is zero: a choice without a branch, and without rounding.
        const Pair weighted = higher(counted, none) + lower(counted, none) * asymmetry;
        const Pair friction = load(frictions + i) * decay;
        store(frictions + i, lower(higher(friction + gain * weighted, none), full));
    }
}

}  // namespace

void Controller::step(double decay, bool adjusts) {
    CHECK(window_.size() > 0, "a rate is a part of the window's calls");
    CHECK(decay >= 0 && decay <= 1);
    const double alpha = config_->ema_alpha();
    const double* const targets = gives_relief() ? raised_targets().data() : config_->targets();
    const ToolLoop loop{numbers(),  numbers() + even_tools(), counts(), even_tools(), decay,
                        1.0 - alpha};
    const DividedShare divided{alpha, static_cast<double>(window_.size())};
    if (!adjusts) return update_rates(loop, divided);
    if (window_.size() < config_->window_size()) {
        return update_rates_and_friction(loop, divided, targets, *config_);
    }
    update_rates_and_friction(loop, LookedUpShare{config_->weighted_shares()}, targets, *config_);
}

void Controller::relieve_saturated(SaturationListener* listener) {
    const std::span<double> target = raised_targets();
    std::uint16_t* const streaks_of_tools = streaks();
    const std::uint16_t window = config_->saturation_window();
    for (std::uint16_t i = 0; i < target.size(); ++i) {
        const std::uint16_t relieved = streaks_of_tools[i] & relieved_bit;
        if (friction()[i] < config_->saturation_threshold()) {
            streaks_of_tools[i] = relieved;
            continue;
        }
        const auto streak = static_cast<std::uint16_t>(
            std::min<int>((streaks_of_tools[i] & ~relieved_bit) + 1, window));
        streaks_of_tools[i] = relieved | streak;
        if (streak < window) continue;
        target[i] = std::min(1.0, target[i] + config_->saturation_relief_rate());
        streaks_of_tools[i] |= relieved_bit;
        CHECK(target[i] >= config_->tool(ToolId::listed(i)).target_rate, "relief only raises");
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
