// Deciding on a call, and counting it.
#include "friction/controller.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "friction/estimator.h"
#include "friction/retry_after.h"

// Recorded traces replay bit for bit; a fused multiply-add would round elsewhere.
#pragma clang fp contract(off)

namespace sluice::friction {
namespace {

constexpr double medium_from = 0.3;
constexpr double never = std::numeric_limits<double>::quiet_NaN();

Level level_of(double friction, const ToolPolicy& tool) {
    if (friction == 0) return Level::none;
    if (friction >= tool.hard_block_threshold) return Level::blocked;
    if (friction >= tool.justification_threshold) return Level::high;
    return friction < medium_from ? Level::low : Level::medium;
}

double cost_of(double friction, const ToolPolicy& tool) {
    return tool.min_cost + friction * (tool.max_cost - tool.min_cost);
}

Reason reason_of(const Decision& decision) {
    if (decision.cost > decision.budget) return Reason::insufficient_budget;
    if (decision.level == Level::blocked) return Reason::blocked;
    return decision.justification_required ? Reason::justification_required : Reason::allowed;
}

/// What the tool's mode makes of a decision.
void act(const ToolPolicy& policy, Justification justification, Admission& admission) {
    if (policy.mode == Mode::observe) return;
    const Decision& decision = admission.decision;
    const bool refused = policy.mode == Mode::block && !decision.allowed;
    admission.asks_reason = !refused && policy.require_justification &&
                            decision.justification_required &&
                            justification == Justification::absent;
    admission.forward = !refused && !admission.asks_reason;
    if (policy.mode == Mode::delay && admission.forward) {
        admission.delay = decision.friction * policy.max_delay;
    }
}

}  // namespace

Controller::Controller(const FrictionConfig& config)
    : config_(&config),
      numbers_(std::make_unique<double[]>(3 * config.tools().size() + config.groups().size())),
      streaks_(config.saturation_window() == 0
                   ? nullptr
                   : std::make_unique<std::uint16_t[]>(config.tools().size())),
      window_(config.window_size(), static_cast<std::uint16_t>(config.tools().size())) {
    reset();
}

void Controller::reset() {
    std::ranges::fill(friction(), 0.0);
    std::ranges::fill(rates(), 0.0);
    std::ranges::fill(group_rates(), 0.0);
    std::ranges::transform(config_->tools(), targets().begin(), &ToolPolicy::target_rate);
    if (streaks_) std::fill_n(streaks_.get(), tools(), std::uint16_t{0});
    window_.clear();
    last_call_ = never;
    reset_budget();
    warmed_up_ = 0;
}

std::optional<Moment> Controller::last_call() const {
    if (std::isnan(last_call_)) return std::nullopt;
    return Moment(last_call_);
}

void Controller::restore(ToolId listed, double friction_before, std::optional<Moment> since) {
    CHECK(listed.is_listed());
    friction()[listed.index()] = friction_before;
    if (since) last_call_ = since->count();
}

double Controller::decay_since_last_call(Moment now) const {
    return decay_factor(now.count() - last_call_, config_->time_decay_rate());
}

Decision Controller::check(ToolId tool, Moment now) const {
    return judge(tool, config_->recover_while_idle() ? decay_since_last_call(now) : 1.0);
}

void Controller::record(ToolId tool, Moment now, SaturationListener* listener) {
    advance(tool, now, decay_since_last_call(now), listener);
}

Decision Controller::check_and_record(ToolId tool, Moment now, SaturationListener* listener) {
    const double decay = decay_since_last_call(now);
    const Decision decision = judge(tool, config_->recover_while_idle() ? decay : 1.0);
    if (decision.allowed) advance(tool, now, decay, listener);
    return decision;
}

Admission Controller::admit(ToolId tool, Moment now, Justification justification,
                            SaturationListener* listener) {
    const double decay = decay_since_last_call(now);
    Admission admission{judge(tool, config_->recover_while_idle() ? decay : 1.0), true,
                        Moment::zero()};
    if (tool.is_listed()) act(config_->tool(tool), justification, admission);
    if (admission.forward) advance(tool, now, decay, listener);
    return admission;
}

Decision Controller::judge(ToolId tool, double decay) const {
    Decision decision;
    decision.budget = budget_;
    if (!tool.is_listed()) {
        decision.current_rate = window_.rate(tool);
        return decision;
    }
    const ToolPolicy& policy = config_->tool(tool);
    const double* const numbers = numbers_.get() + tool.index();
    decision.friction = numbers[0] * decay;
    decision.current_rate = numbers[tools()] * decay;
    decision.effective_target = numbers[2 * tools()];
    decision.target_rate = policy.target_rate;
    decision.hard_block_threshold = policy.hard_block_threshold;
    decision.cost = cost_of(decision.friction, policy);
    decision.level = level_of(decision.friction, policy);
    decision.justification_required = decision.friction >= policy.justification_threshold;
    decision.saturation_detected = streaks_ && (streaks_[tool.index()] & relieved_bit) != 0;
    decision.reason = reason_of(decision);
    decision.allowed =
        decision.reason != Reason::insufficient_budget && decision.reason != Reason::blocked;
    if (!decision.allowed) set_retry_after(decision, policy, *config_);
    return decision;
}

void Controller::advance(ToolId tool, Moment now, double decay, SaturationListener* listener) {
    if (decay != 1.0) {
        for (double& number : std::span(numbers_.get(), 2 * tools())) number *= decay;
    }
    last_call_ = now.count();
    if (tool.is_listed()) budget_ -= cost_of(friction()[tool.index()], config_->tool(tool));
    window_.push(tool);
    blend_rates(rates(), window_.counts(), window_.size(), config_->ema_alpha());
    const std::uint32_t warmup = config_->warmup_calls();
    if (warmed_up_ < warmup && ++warmed_up_ < warmup) return;
    adjust_tools();
    if (streaks_) relieve_saturated(listener);
    press_groups();
}

}  // namespace sluice::friction
