#include "simulate/summary.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/check.h"

namespace sluice::simulate {
namespace {

void count(const Step& step, ToolSummary& tool) {
    ++tool.calls;
    switch (step.outcome) {
        case Outcome::passed:
            ++tool.passed;
            break;
        case Outcome::delayed:
            ++tool.delayed;
            break;
        case Outcome::asked:
            ++tool.asked;
            break;
        case Outcome::refused:
            ++tool.refused;
            if (!tool.first_refusal) tool.first_refusal = step.at;
            break;
    }
    tool.over_block += step.over_block ? 1 : 0;
    tool.delay_seconds += step.delay;
    tool.delay_max = std::max(tool.delay_max, step.delay);
    tool.friction_max = std::max(tool.friction_max, step.friction);
    tool.rate_max = std::max(tool.rate_max, step.rate);
}

void count(const Step& step, ClientSummary& client) {
    ++client.calls;
    client.refused += step.outcome == Outcome::refused ? 1 : 0;
    client.asked += step.outcome == Outcome::asked ? 1 : 0;
    client.delay_seconds += step.delay;
    client.friction_max = std::max(client.friction_max, step.friction);
}

/// A client's refusals of one tool.
struct Refusals {
    bool ever = false;
    std::optional<double> since;  // the first of those in a row that last
};

}  // namespace

Summary summarise(const History& run) {
    Summary summary{std::vector<ToolSummary>(run.tools.size()),
                    std::vector<ClientSummary>(run.clients.size())};
    std::map<std::pair<std::uint32_t, std::uint32_t>, Refusals> refusals;
    for (const Step& step : run.steps) {
        CHECK(step.tool < summary.tools.size() && step.client < summary.clients.size());
        ToolSummary& tool = summary.tools[step.tool];
        count(step, tool);
        count(step, summary.clients[step.client]);
        if (step.tool >= run.configured_tools) continue;
        Refusals& own = refusals[{step.tool, step.client}];
        if (step.outcome == Outcome::refused) {
            if (!std::exchange(own.ever, true)) ++tool.clients_refused;
            if (!own.since) own.since = step.at;
        } else if (step.outcome != Outcome::asked && own.since) {
            tool.recovery = std::max(tool.recovery.value_or(0), step.at - *own.since);
            own.since.reset();
        }
    }
    for (const auto& [key, own] : refusals) {
        if (own.since) ++summary.tools[key.first].not_recovered;
    }
    for (const ToolSummary& tool : summary.tools) {
        CHECK(tool.calls == tool.passed + tool.delayed + tool.asked + tool.refused);
    }
    return summary;
}

}  // namespace sluice::simulate
