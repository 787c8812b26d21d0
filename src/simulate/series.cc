#include "simulate/series.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>

#include "base/check.h"

namespace sluice::simulate {
namespace {

/// Puts `values` in another order.
void add_distribution(std::vector<float>& values, Measure& measure) {
    if (values.empty()) return;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    measure.median.push_back(*middle);
    measure.highest.push_back(*std::max_element(middle, values.end()));
}

}  // namespace

std::vector<std::uint32_t> choose_focus(const Summary& summary, std::size_t count_max) {
    std::vector<std::uint32_t> clients(summary.clients.size());
    std::iota(clients.begin(), clients.end(), 0U);
    const auto rank = [&](std::uint32_t client) {
        const ClientSummary& of = summary.clients[client];
        return std::tuple(of.refused, of.asked, of.delay_seconds, of.friction_max,
                          summary.clients.size() - client);
    };
    std::ranges::sort(clients, std::greater{}, rank);
    clients.resize(std::min(clients.size(), count_max));
    return clients;
}

Sampler::Sampler(const History& run, const friction::FrictionConfig& config,
                 std::vector<std::uint32_t> focus, std::size_t samples)
    : run_(run), config_(config), is_focus_(run.clients.size()) {
    CHECK(focus.size() <= run.clients.size() && samples > 0);
    for (const std::uint32_t client : focus) is_focus_[client] = true;
    for (std::size_t i = 0; i < samples; ++i) {
        series_.times.push_back(run.end * static_cast<double>(i) /
                                static_cast<double>(std::max<std::size_t>(samples - 1, 1)));
    }
    if (samples > 1) series_.times.back() = run.end;
    series_.tools.resize(config.tool_count());
    for (ToolSeries& tool : series_.tools) {
        tool.friction.focus.resize(focus.size());
        tool.rate.focus.resize(focus.size());
    }
    series_.focus = std::move(focus);
}

void Sampler::before(double time, const friction::Registry& registry) {
    while (taken_ < series_.times.size() && series_.times[taken_] <= time) {
        sample(series_.times[taken_++], registry);
    }
}

void Sampler::sample(double time, const friction::Registry& registry) {
    std::vector<const friction::Controller*> controllers;
    for (const std::string& client : run_.clients) controllers.push_back(registry.find(client));
    std::vector<float> frictions, rates;
    for (std::size_t place = 0; place < series_.tools.size(); ++place) {
        ToolSeries& tool = series_.tools[place];
        const auto id = friction::ToolId::listed(static_cast<std::uint16_t>(place));
        double target = config_.tool(id).target_rate;
        const auto look = [&](std::size_t client) {
            if (controllers[client] == nullptr) return friction::Decision{};
            const auto decision = controllers[client]->check(id, friction::Moment(time));
            target = std::max(target, decision.effective_target);
            return decision;
        };
        for (std::size_t line = 0; line < series_.focus.size(); ++line) {
            const friction::Decision decision = look(series_.focus[line]);
            tool.friction.focus[line].push_back(static_cast<float>(decision.friction));
            tool.rate.focus[line].push_back(static_cast<float>(decision.current_rate));
        }
        frictions.clear();
        rates.clear();
        for (std::size_t client = 0; client < controllers.size(); ++client) {
            if (is_focus_[client]) continue;
            const friction::Decision decision = look(client);
            frictions.push_back(static_cast<float>(decision.friction));
            rates.push_back(static_cast<float>(decision.current_rate));
        }
        add_distribution(frictions, tool.friction);
        add_distribution(rates, tool.rate);
        tool.target.push_back(static_cast<float>(target));
        CHECK(tool.target.size() == taken_, "as many values as samples");
    }
}

}  // namespace sluice::simulate
