// The rules of [resource.friction]: those of the friction library, and where the file breaks them.
#include <algorithm>
#include <array>
#include <chrono>
#include <map>

#include "config/check.h"
#include "config/checks.h"

namespace sluice::config {
namespace {

using namespace std::chrono_literals;

// Where each key below [resource.friction] stands, by the path that the friction library uses.
class PlaceMap {
public:
    explicit PlaceMap(RawFriction raw) : table_(raw.place) { raw.each_key(*this); }

    template <class T>
    void operator()(std::string_view name, Setting<T>& setting) {
        places_.emplace(prefix_ + std::string(name), setting.place);
    }
    void operator()(std::string_view name, StringList& list) {
        if (!list.empty()) places_.emplace(prefix_ + std::string(name), list.front().place);
    }
    template <class Table>
    void operator()(std::string_view name, std::vector<Named<Table>>& tables) {
        for (auto& [chosen, table] : tables) {
            prefix_ = fmt::format("{}.{}.", name, chosen);
            places_.emplace(fmt::format("{}.{}", name, chosen), table.place);
            table.each_key(*this);
        }
        prefix_.clear();
    }

    Place find(const std::string& key) const {
        const auto found = places_.find(key);
        if (found != places_.end()) return found->second;
        // A list that is empty or absent: where its table stands.
        const auto table = places_.find(key.substr(0, key.rfind('.')));
        return {table != places_.end() ? table->second.line : table_.line,
                fmt::format("{}.{}", table_.key, key)};
    }

private:
    Place table_;
    std::string prefix_;
    std::map<std::string, Place> places_;
};

double to_seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

friction::Mode mode_of(const Setting<std::string>& setting, Problems& problems) {
    using friction::Mode;
    constexpr std::array<std::pair<std::string_view, Mode>, 4> modes{{{"block", Mode::block},
                                                                      {"delay", Mode::delay},
                                                                      {"ladder", Mode::ladder},
                                                                      {"observe", Mode::observe}}};
    return choose(setting, modes, problems).value_or(Mode::block);
}

double delay_of(const Setting<Duration>& setting, Problems& problems) {
    return to_seconds(check_range<Duration>(setting, 0s, 10min, problems));
}

friction::RawTool tool_of(const Named<RawFrictionTool>& named, Problems& problems) {
    const RawFrictionTool& raw = named.table;
    if (!raw.target_rate.given) {
        problems.add(
            raw.target_rate.place,
            "is missing: the fraction of a client's calls that this tool should stay below");
    }
    friction::RawTool tool{.name = named.name,
                           .target_rate = *raw.target_rate,
                           .min_cost = *raw.min_cost,
                           .max_cost = *raw.max_cost,
                           .justification_threshold = *raw.justification_threshold,
                           .hard_block_threshold = *raw.hard_block_threshold};
    if (raw.mode.given) tool.mode = mode_of(raw.mode, problems);
    if (raw.max_delay.given) tool.max_delay_seconds = delay_of(raw.max_delay, problems);
    if (raw.require_justification.given) tool.require_justification = *raw.require_justification;
    return tool;
}

friction::RawGroup group_of(const Named<RawFrictionGroup>& named, const RawFriction& friction,
                            Problems& problems) {
    const RawFrictionGroup& raw = named.table;
    friction::RawGroup group{.name = named.name,
                             .tools = {},
                             .aggregate_target = *raw.aggregate_target,
                             .pressure_weight = *raw.pressure_weight};
    for (const auto& name : raw.tools) {
        const bool known = std::ranges::any_of(
            friction.tools, [&](const auto& tool) { return tool.name == *name; });
        if (!known) {
            problems.add(
                name.place,
                fmt::format("the tool \"{0}\" has no table [resource.friction.tools.{0}]", *name));
        }
        group.tools.push_back(*name);
    }
    if (!raw.aggregate_target.given) {
        problems.add(
            raw.aggregate_target.place,
            "is missing: the fraction that all tools of the group together should stay below");
    }
    return group;
}

friction::RawFrictionConfig convert(const RawFriction& raw, Problems& problems) {
    friction::RawFrictionConfig out;
    out.mode = mode_of(raw.mode, problems);
    out.max_delay_seconds = delay_of(raw.max_delay, problems);
    out.require_justification = *raw.require_justification;
    out.window_size = *raw.window_size;
    out.ema_alpha = *raw.ema_alpha;
    out.adjustment_rate = *raw.adjustment_rate;
    out.asymmetric_decay = *raw.asymmetric_decay;
    out.dead_zone = *raw.dead_zone;
    out.warmup_calls = *raw.warmup_calls;
    out.time_decay_rate = *raw.time_decay_rate;
    out.default_budget = raw.default_budget->value;
    out.saturation_threshold = *raw.saturation_threshold;
    out.saturation_window = *raw.saturation_window;
    out.saturation_relief_rate = *raw.saturation_relief_rate;
    out.max_clients = *raw.max_clients;
    out.penalty_ttl_seconds =
        to_seconds(check_range<Duration>(raw.penalty_ttl, 0s, std::chrono::days(365), problems));
    out.penalty_min_friction = *raw.penalty_min_friction;
    for (const auto& tool : raw.tools) out.tools.push_back(tool_of(tool, problems));
    for (const auto& group : raw.groups) out.groups.push_back(group_of(group, raw, problems));
    return out;
}

}  // namespace

std::shared_ptr<const friction::FrictionConfig> check_friction(const RawFriction& raw,
                                                               Problems& problems) {
    auto config = friction::validate(convert(raw, problems));
    if (!config) {
        const PlaceMap places(raw);
        for (const friction::Problem& problem : config.error()) {
            problems.add(places.find(problem.key), problem.text);
        }
        return nullptr;
    }
    if (!*raw.enabled) return nullptr;
    return std::make_shared<const friction::FrictionConfig>(*std::move(config));
}

}  // namespace sluice::config
