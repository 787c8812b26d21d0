// A valid configuration: its values in the form the hot path wants, and the lookup of tool names.
#include "friction/config.h"

#include <bit>
#include <functional>

#include "base/check.h"

namespace sluice::friction {
namespace {

constexpr std::uint16_t empty_slot = 0xffff;

std::uint64_t hash_name(std::string_view name) {
    return std::hash<std::string_view>{}(name);
}

}  // namespace

FrictionConfig::FrictionConfig(const RawFrictionConfig& raw)
    : penalty_ttl_(raw.penalty_ttl_seconds),
      ema_alpha_(raw.ema_alpha),
      adjustment_rate_(raw.adjustment_rate),
      asymmetric_decay_(raw.asymmetric_decay),
      dead_zone_(raw.dead_zone),
      time_decay_rate_(raw.time_decay_rate),
      default_budget_(raw.default_budget),
      saturation_threshold_(raw.saturation_threshold),
      saturation_relief_rate_(raw.saturation_relief_rate),
      penalty_min_friction_(raw.penalty_min_friction),
      warmup_calls_(static_cast<std::uint32_t>(raw.warmup_calls)),
      max_clients_(static_cast<std::uint32_t>(raw.max_clients)),
      window_size_(static_cast<std::uint16_t>(raw.window_size)),
      saturation_window_(static_cast<std::uint16_t>(raw.saturation_window)),
      recover_while_idle_(raw.recover_while_idle) {
    for (const RawTool& tool : raw.tools) {
        tools_.push_back({tool.name, tool.target_rate, tool.min_cost, tool.max_cost,
                          tool.justification_threshold, tool.hard_block_threshold,
                          Moment(tool.max_delay_seconds.value_or(raw.max_delay_seconds)),
                          tool.mode.value_or(raw.mode),
                          tool.require_justification.value_or(raw.require_justification)});
        if (tools_.back().mode == Mode::observe && tool.require_justification.value_or(false)) {
            warnings_.push_back({"tools." + tool.name + ".require_justification",
                                 "has no effect in mode observe, which never acts"});
        }
        if (tool.justification_threshold >= tool.hard_block_threshold) {
            warnings_.push_back({"tools." + tool.name + ".justification_threshold",
                                 "is not below hard_block_threshold, so it is never asked for"});
        }
    }
    CHECK(tools_.size() <= tools_max && raw.groups.size() <= groups_max, "validated before");
    CHECK(window_size_ > 0 && max_clients_ > 0, "validated before");
    index_names();
    add_tables();
    for (const RawGroup& group : raw.groups) add_group(group);
}

void FrictionConfig::index_names() {
    slots_.assign(std::bit_ceil(tools_.size() * 2 + 2), empty_slot);
    for (std::uint16_t index = 0; index < tools_.size(); ++index) {
        std::size_t slot = hash_name(tools_[index].name) & (slots_.size() - 1);
        while (slots_[slot] != empty_slot) slot = (slot + 1) & (slots_.size() - 1);
        slots_[slot] = index;
    }
}

void FrictionConfig::add_tables() {
    for (const ToolPolicy& tool : tools_) targets_.push_back(tool.target_rate);
    targets_.resize((tools_.size() + 1) / 2 * 2);
    for (std::uint32_t count = 0; count <= window_size_; ++count) {
        weighted_shares_.push_back(ema_alpha_ * (static_cast<double>(count) / window_size_));
    }
}

void FrictionConfig::add_group(const RawGroup& raw) {
    GroupPolicy group{raw.name, {}, raw.aggregate_target, raw.pressure_weight};
    for (const std::string& name : raw.tools) {
        const ToolId member = tool(name);
        if (member.is_listed()) {
            group.members.push_back(member.index());
        } else {
            warnings_.push_back({"groups." + raw.name + ".tools",
                                 "\"" + name + "\" has no table below tools, so it has no effect"});
        }
    }
    CHECK(group.members.size() <= tools_.size(), "a group names a tool once");
    groups_.push_back(std::move(group));
}

ToolId FrictionConfig::tool(std::string_view name) const {
    const std::uint64_t hash = hash_name(name);
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot] != empty_slot) {
        if (tools_[slots_[slot]].name == name) return ToolId::listed(slots_[slot]);
        slot = (slot + 1) & (slots_.size() - 1);
    }
    // The upper bits: the lower ones chose the slot.
    return ToolId::unlisted(hash >> 32);
}

}  // namespace sluice::friction
