// Deciding on a call, and counting it.
#include "friction/controller.h"

#include <algorithm>
#include <cmath>
#include <cstring>
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

/// What follows from the friction of a decision, but for the time to wait.
void weigh(const ToolPolicy& policy, Decision& decision) {
    decision.cost = cost_of(decision.friction, policy);
    decision.level = level_of(decision.friction, policy);
    decision.justification_required = decision.friction >= policy.justification_threshold;
    decision.reason = reason_of(decision);
    decision.allowed =
        decision.reason != Reason::insufficient_budget && decision.reason != Reason::blocked;
}

/// What the tool's mode makes of a decision.
void act(const ToolPolicy& policy, Justification justification, Admission& admission) {
    if (policy.mode == Mode::observe) return;
    const Decision& decision = admission.decision;
    const bool refused = refuses(policy.mode) && !decision.allowed;
    admission.asks_reason = !refused && policy.require_justification &&
                            decision.justification_required &&
                            justification == Justification::absent;
    admission.forward = !refused && !admission.asks_reason;
    if (delays(policy.mode) && admission.forward) {
        admission.delay = decision.friction * policy.max_delay;
        CHECK(admission.delay >= Moment::zero() && admission.delay <= policy.max_delay);
    }
}

}  // namespace

std::size_t Controller::cells_size(const FrictionConfig& config) {
    const std::size_t tools = config.even_tool_count();
    const std::size_t relief = config.saturation_window() > 0 ? 1 : 0;
    const std::size_t numbers = (2 + relief) * tools + config.groups().size();
    const std::size_t counts = (1 + relief) * tools + config.window_size();
    return numbers * sizeof(double) + counts * sizeof(std::uint16_t);
}

std::size_t Controller::hot_cells_size(const FrictionConfig& config) {
    const std::size_t relief = config.saturation_window() > 0 ? config.even_tool_count() : 0;
    return cells_size(config) - (relief + config.window_size()) * sizeof(std::uint16_t);
}

Controller::Controller(const FrictionConfig& config) : config_(&config) {
    own_cells_ = std::make_unique_for_overwrite<std::byte[]>(cells_size(config));
    cells_ = own_cells_.get();
    reset();
}

Controller::Controller(const FrictionConfig& config, std::byte* cells)
    : config_(&config), cells_(cells) {
    reset();
}

void Controller::reset() {
    std::memset(cells_, 0, cells_size(*config_));
    if (gives_relief()) std::copy_n(config_->targets(), tools(), raised_targets().begin());
    window_ = Window();
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
    CHECK(friction_before >= 0 && friction_before <= 1);
    friction()[listed.index()] = friction_before;
    if (since) last_call_ = since->count();
}

double Controller::decay_since_last_call(Moment now) const {
    return decay_factor(now.count() - last_call_, config_->time_decay_rate());
}

Decision Controller::check(ToolId tool, Moment now) const {
    Decision decision;
    judge(tool, config_->recover_while_idle() ? decay_since_last_call(now) : 1.0, decision);
    return decision;
}

void Controller::record(ToolId tool, Moment now, SaturationListener* listener) {
    advance(tool, now, decay_since_last_call(now), listener);
}

Decision Controller::check_and_record(ToolId tool, Moment now, SaturationListener* listener) {
    const double decay = decay_since_last_call(now);
    Decision decision;
    judge(tool, config_->recover_while_idle() ? decay : 1.0, decision);
    if (decision.allowed) advance(tool, now, decay, listener);
    return decision;
}

Admission Controller::admit(ToolId tool, Moment now, Justification justification,
                            SaturationListener* listener) {
    const double decay = decay_since_last_call(now);
    Admission admission{{}, true, Moment::zero()};
    judge(tool, config_->recover_while_idle() ? decay : 1.0, admission.decision);
    if (tool.is_listed()) act(config_->tool(tool), justification, admission);
    if (admission.forward) advance(tool, now, decay, listener);
    return admission;
}

Admission Controller::admit_at_least(double floor, ToolId tool, Moment now,
                                     Justification justification, SaturationListener* listener) {
    if (!tool.is_listed()) return admit(tool, now, justification, listener);
    const double decay = decay_since_last_call(now);
    Admission admission{{}, true, Moment::zero()};
    CHECK(floor >= 0 && floor <= 1);
    Decision& decision = admission.decision;
    judge(tool, config_->recover_while_idle() ? decay : 1.0, decision);
    if (decision.friction < floor) {
        decision.friction = floor;
        weigh(config_->tool(tool), decision);
        if (!decision.allowed) {
            decision.retry_after_seconds = retry_after_fallback_seconds;
            decision.waiting_helps = false;
        }
    }
    act(config_->tool(tool), justification, admission);
    if (admission.forward) advance(tool, now, decay, listener);
    return admission;
}

void Controller::judge(ToolId tool, double decay, Decision& decision) const {
    decision.budget = budget_;
    if (!tool.is_listed()) {
        decision.current_rate = window_rate(tool);
        return;
    }
    const std::size_t place = tool.index();
    const ToolPolicy& policy = config_->tool(tool);
    decision.friction = friction()[place] * decay;
    CHECK(decision.friction >= 0 && decision.friction <= 1);
    decision.current_rate = rates()[place] * decay;
    decision.effective_target = gives_relief() ? raised_targets()[place] : policy.target_rate;
    decision.target_rate = policy.target_rate;
    decision.hard_block_threshold = policy.hard_block_threshold;
    decision.saturation_detected = gives_relief() && (streaks()[place] & relieved_bit) != 0;
    weigh(policy, decision);
    CHECK(!std::isnan(decision.budget) && decision.cost >= 0);
    if (!decision.allowed) set_retry_after(decision, policy, *config_);
}

void Controller::advance(ToolId tool, Moment now, double decay, SaturationListener* listener) {
    last_call_ = now.count();
    if (tool.is_listed()) {
        budget_ -= cost_of(friction()[tool.index()] * decay, config_->tool(tool));
    }
    CHECK(!std::isnan(last_call_), "time is a number");
    window_.push(tool, window_cells());
    const std::uint32_t warmup = config_->warmup_calls();
    const bool adjusts = warmed_up_ >= warmup || ++warmed_up_ >= warmup;
    step(decay, adjusts);
    if (!adjusts) return;
    if (gives_relief()) relieve_saturated(listener);
    if (!config_->groups().empty()) press_groups();
}

}  // namespace sluice::friction
