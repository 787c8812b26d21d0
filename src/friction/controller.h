// Feedback loop of one client: a proportional controller of friction's change (integral action).
// Overuse of a tool raises its friction, restraint lowers it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "friction/config.h"
#include "friction/decision.h"
#include "friction/saturation.h"
#include "friction/time.h"
#include "friction/tool_id.h"
#include "friction/window.h"

namespace sluice::friction {

/// Whether a call comes with a reason for it.
enum class Justification : bool { absent, given };

/// A decision with what the tool's mode makes of it.
struct Admission {
    Decision decision;
    bool forward;  // pass the call on, after `delay`
    Moment delay;
    bool asks_reason = false;  // it would pass with a reason
};

/// Movable; refers to its configuration, which must outlive it. Every operation is synchronous,
/// cannot fail and allocates nothing; complexity O(configured tools and groups' members).
class Controller {
public:
    /// With memory of its own.
    explicit Controller(const FrictionConfig& config);
    /// In memory that it is given and that outlives it: cells_size() bytes, aligned for double.
    Controller(const FrictionConfig& config, std::byte* cells);

    /// Bytes that a controller's numbers take, and how many of them from the front every call
    /// reads.
    static std::size_t cells_size(const FrictionConfig& config);
    static std::size_t hot_cells_size(const FrictionConfig& config);

    /// What a call of `tool` would meet; changes nothing.
    Decision check(ToolId tool, Moment now) const;

    /// Counts a call, and charges it where the tool is configured. Any tool counts for the
    /// fractions of all.
    void record(ToolId tool, Moment now, SaturationListener* listener = nullptr);

    /// check(), then record() if the call is allowed. A refused call leaves no trace.
    Decision check_and_record(ToolId tool, Moment now, SaturationListener* listener = nullptr);

    /// check_and_record() as the tool's mode has it: mode block refuses, delay lets calls wait,
    /// observe lets every call pass. Modes block and delay ask for a reason where one is required.
    /// What does not pass is not recorded.
    Admission admit(ToolId tool, Moment now, Justification justification = Justification::absent,
                    SaturationListener* listener = nullptr);

    /// admit() where the call meets at least `floor`, because something else speaks against the
    /// tool than its use. What is recorded is the same.
    Admission admit_at_least(double floor, ToolId tool, Moment now,
                             Justification justification = Justification::absent,
                             SaturationListener* listener = nullptr);

    /// Friction as of the last recorded call, by place in FrictionConfig::tools().
    std::span<const double> frictions() const { return friction(); }
    /// The unsmoothed fraction of the window's calls.
    double window_rate(ToolId tool) const { return window_.rate(tool, window_cells()); }
    double budget() const { return budget_; }
    void reset_budget() { budget_ = config_->default_budget(); }
    /// The last recorded call; nothing before the first.
    std::optional<Moment> last_call() const;

    /// Gives a new controller friction that the client had earlier.
    /// since  where friction decays while idle: the moment from which it does.
    void restore(ToolId listed, double friction, std::optional<Moment> since);
    /// As if new.
    void reset();

private:
    std::size_t tools() const { return config_->tool_count(); }
    std::size_t even_tools() const { return config_->even_tool_count(); }
    bool gives_relief() const { return config_->saturation_window() > 0; }

    // In the cells, first what every call reads: friction and rates; with relief the targets; the
    // rates of groups; then in numbers of 16 bits the window's counts and ring; with relief the
    // streaks of saturated calls. An odd number of tools is made even: the last one's stay 0.
    double* numbers() const { return reinterpret_cast<double*>(cells_); }
    std::span<double> friction() const { return {numbers(), tools()}; }
    std::span<double> rates() const { return {numbers() + even_tools(), tools()}; }
    std::span<double> raised_targets() const { return {numbers() + 2 * even_tools(), tools()}; }
    std::span<double> group_rates() const {
        return {numbers() + (gives_relief() ? 3 : 2) * even_tools(), config_->groups().size()};
    }
    std::uint16_t* counts() const {
        const std::span<double> last = group_rates();
        return reinterpret_cast<std::uint16_t*>(last.data() + last.size());
    }
    WindowCells window_cells() const {
        std::uint16_t* const first = counts();
        return {{first, tools()}, {first + even_tools(), config_->window_size()}};
    }
    std::uint16_t* streaks() const { return counts() + even_tools() + config_->window_size(); }

    double decay_since_last_call(Moment now) const;
    void judge(ToolId tool, double decay, Decision& decision) const;
    void advance(ToolId tool, Moment now, double decay, SaturationListener* listener);
    void step(double decay, bool adjusts);
    void relieve_saturated(SaturationListener* listener);
    void press_groups();

    // Marks, beside its streak, a tool whose target has been raised: that stays so.
    static constexpr std::uint16_t relieved_bit = 0x8000;

    const FrictionConfig* config_;
    std::byte* cells_;
    double last_call_;  // seconds; not a number before the first
    double budget_;
    std::uint32_t warmed_up_ = 0;  // calls recorded, up to warmup_calls
    Window window_;
    std::unique_ptr<std::byte[]> own_cells_;  // null where they are another's
};

}  // namespace sluice::friction
