// Friction configuration, validated: what controllers and registries work by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "friction/raw_config.h"
#include "friction/time.h"
#include "friction/tool_id.h"

namespace sluice::friction {

/// One thing wrong with a configuration.
struct Problem {
    std::string key;   // below [resource.friction]: "tools.delete_note.target_rate"
    std::string text;  // names the value and what is allowed
};

struct ToolPolicy {
    std::string name;
    double target_rate;
    double min_cost;
    double max_cost;
    double justification_threshold;
    double hard_block_threshold;
    Moment max_delay;
    Mode mode;
    bool require_justification;
};

struct GroupPolicy {
    std::string name;
    std::vector<std::uint16_t> members;  // places in FrictionConfig::tools()
    double aggregate_target;
    double pressure_weight;
};

/// Exists only valid: validate() makes it. Immutable; controllers and registries refer to it and
/// must not outlive it.
class FrictionConfig {
public:
    static constexpr std::size_t tools_max = 1024;
    static constexpr std::size_t groups_max = 1024;
    static constexpr std::int64_t window_size_max = 0xffff;
    static constexpr std::int64_t saturation_window_max = 0x7fff;
    static constexpr std::int64_t max_clients_max = 1 << 28;

    /// The number of a tool's name: one hash, no allocation. Any name has one.
    ToolId tool(std::string_view name) const;

    std::span<const ToolPolicy> tools() const { return tools_; }
    const ToolPolicy& tool(ToolId listed) const {
        CHECK(listed.index() < tools_.size(), "a tool of another configuration");
        return tools_[listed.index()];
    }
    std::span<const GroupPolicy> groups() const { return groups_; }

    std::size_t tool_count() const { return tools_.size(); }
    // What each recorded call reads, as it wants it: two tools are treated at a time.
    std::size_t even_tool_count() const { return targets_.size(); }
    /// The tools' target rates, and a 0 that makes them even.
    const double* targets() const { return targets_.data(); }
    /// ema_alpha × (count / window_size), by count from 0 to window_size.
    const double* weighted_shares() const { return weighted_shares_.data(); }

    std::uint16_t window_size() const { return window_size_; }
    double ema_alpha() const { return ema_alpha_; }
    double adjustment_rate() const { return adjustment_rate_; }
    double asymmetric_decay() const { return asymmetric_decay_; }
    double dead_zone() const { return dead_zone_; }
    std::uint32_t warmup_calls() const { return warmup_calls_; }
    double time_decay_rate() const { return time_decay_rate_; }
    double default_budget() const { return default_budget_; }
    double saturation_threshold() const { return saturation_threshold_; }
    std::uint16_t saturation_window() const { return saturation_window_; }
    double saturation_relief_rate() const { return saturation_relief_rate_; }
    std::uint32_t max_clients() const { return max_clients_; }
    Moment penalty_ttl() const { return penalty_ttl_; }
    double penalty_min_friction() const { return penalty_min_friction_; }
    bool recover_while_idle() const { return recover_while_idle_; }

    /// Settings that are allowed but hardly meant: a group's tool without a table of its own, a
    /// justification that is never asked for.
    std::span<const Problem> warnings() const { return warnings_; }

private:
    friend std::expected<FrictionConfig, std::vector<Problem>> validate(
        const RawFrictionConfig& raw);
    explicit FrictionConfig(const RawFrictionConfig& raw);
    void index_names();
    void add_tables();
    void add_group(const RawGroup& raw);

    std::vector<ToolPolicy> tools_;
    std::vector<GroupPolicy> groups_;
    std::vector<double> targets_;
    std::vector<double> weighted_shares_;
    std::vector<std::uint16_t> slots_;  // open addressing over names; a power of two, half empty
    std::vector<Problem> warnings_;
    Moment penalty_ttl_;
    double ema_alpha_;
    double adjustment_rate_;
    double asymmetric_decay_;
    double dead_zone_;
    double time_decay_rate_;
    double default_budget_;
    double saturation_threshold_;
    double saturation_relief_rate_;
    double penalty_min_friction_;
    std::uint32_t warmup_calls_;
    std::uint32_t max_clients_;
    std::uint16_t window_size_;
    std::uint16_t saturation_window_;
    bool recover_while_idle_;
};

/// The configuration, or everything that is wrong with it.
std::expected<FrictionConfig, std::vector<Problem>> validate(const RawFrictionConfig& raw);

}  // namespace sluice::friction
