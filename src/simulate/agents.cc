#include "simulate/agents.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace sluice::simulate {
namespace {

constexpr double kept_to = 0.5;     // the part of each target that a behaved agent uses
constexpr double shares_max = 0.8;  // of all configured tools together
constexpr double loop_pace = 3;
constexpr double reason_pause = 0.25;  // a call with the reason asked for comes this much sooner

/// 0 to 1, without 1.
double fraction(Random& random) {
    return static_cast<double>(random.next_u64() >> 11) * 0x1p-53;
}

double pause(Random& random, double mean) {
    return -std::log1p(-fraction(random)) * mean;
}

std::vector<double> behaved_shares(const friction::FrictionConfig& config) {
    std::vector<double> shares;
    for (const auto& tool : config.tools()) shares.push_back(kept_to * tool.target_rate);
    for (const auto& group : config.groups()) {
        for (const std::uint16_t member : group.members) {
            const double even =
                kept_to * group.aggregate_target / static_cast<double>(group.members.size());
            shares[member] = std::min(shares[member], even);
        }
    }
    double sum = 0;
    for (const double share : shares) sum += share;
    if (sum > shares_max) {
        for (double& share : shares) share *= shares_max / sum;
    }
    return shares;
}

}  // namespace

Agents::Agents(const AgentSettings& settings, const friction::FrictionConfig& config)
    : settings_(settings), shares_(behaved_shares(config)) {
    for (const auto& tool : config.tools()) tools_.push_back(tool.name);
    CHECK(!tools_.empty() && settings.calls_per_minute > 0, "checked before");
    const auto least =
        std::ranges::min_element(config.tools(), {}, &friction::ToolPolicy::target_rate);
    loop_tool_ = static_cast<std::size_t>(least - config.tools().begin());
    if (!settings.loop_tool.empty()) loop_tool_ = config.tool(settings.loop_tool).index();
    SeededRandom seeds(settings.seed);
    for (unsigned number = 0; number < settings.clients; ++number) {
        Agent agent{.name = {},
                    .random = SeededRandom(seeds.next_u64()),
                    .pause_seconds = 60 / settings.calls_per_minute,
                    .not_before = std::vector<double>(tools_.size() + 1)};
        const bool mixed = settings.fleet == Fleet::mixed;
        const bool loops = settings.fleet == Fleet::looping || (mixed && number % 4 == 0);
        if (loops) {
            // A mixed fleet's loops begin anywhere in the first half.
            const double begin = mixed ? 0.1 + 0.4 * fraction(agent.random) : 0.25;
            agent.loop_begin = begin * settings.duration_seconds;
            agent.loop_end = (begin + (mixed ? 0.25 : 0.35)) * settings.duration_seconds;
        }
        if (mixed) agent.pause_seconds *= 0.5 + 1.5 * fraction(agent.random);
        agent.name = fmt::format("{}-{}", loops ? "looping" : "behaved", number + 1);
        agents_.push_back(std::move(agent));
    }
}

std::optional<Call> Agents::next(std::size_t client, const Answer* previous) {
    Agent& agent = agents_[client];
    const double since = previous != nullptr ? previous->at : 0;
    if (previous != nullptr) take(agent, *previous);
    double mean = agent.pause_seconds;
    if (agent.loops_at(since)) mean /= loop_pace;
    if (agent.owes_reason) mean *= reason_pause;
    const double at = since + pause(agent.random, mean);
    if (at >= settings_.duration_seconds) return std::nullopt;
    CHECK(at >= since, "nobody calls before it was answered");
    const bool has_reason = agent.owes_reason && !agent.loops_at(at);
    agent.owes_reason = false;
    if (!has_reason) agent.last_tool = choose(agent, at);
    const bool other = agent.last_tool == tools_.size();
    return Call{.at = at,
                .tool = other ? other_tool : tools_[agent.last_tool],
                .has_reason = has_reason,
                .place = client};
}

void Agents::take(Agent& agent, const Answer& answer) const {
    if (agent.loops_at(answer.at)) return;
    if (answer.outcome == Outcome::asked) agent.owes_reason = true;
    if (answer.outcome == Outcome::refused) {
        CHECK(agent.last_tool < tools_.size(), "only a tool with friction refuses");
        agent.not_before[agent.last_tool] = answer.at + answer.retry_after_seconds;
    }
}

std::size_t Agents::choose(Agent& agent, double time) const {
    if (agent.loops_at(time)) return loop_tool_;
    double left = fraction(agent.random);
    for (std::size_t tool = 0; tool < tools_.size(); ++tool) {
        left -= shares_[tool];
        if (left >= 0) continue;
        return time >= agent.not_before[tool] ? tool : tools_.size();
    }
    return tools_.size();
}

}  // namespace sluice::simulate
