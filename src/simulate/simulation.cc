#include "simulate/simulation.h"

#include <queue>
#include <tuple>
#include <unordered_map>

#include "base/check.h"

namespace sluice::simulate {
namespace {

// Collisions that somebody provokes are no concern here, and every run must be the same.
constexpr friction::HashKey hash_key{1, 2};

struct Pending {
    std::size_t client;
    Call call;
};

struct Later {
    bool operator()(const Pending& a, const Pending& b) const {
        return std::tie(a.call.at, a.call.place) > std::tie(b.call.at, b.call.place);
    }
};

Outcome outcome_of(const friction::Admission& admission) {
    if (admission.asks_reason) return Outcome::asked;
    if (!admission.forward) return Outcome::refused;
    return admission.delay.count() > 0 ? Outcome::delayed : Outcome::passed;
}

class Simulation {
public:
    Simulation(Workload& workload, const friction::FrictionConfig& config, Watcher* watcher)
        : workload_(workload), config_(config), watcher_(watcher), registry_(config, hash_key) {
        for (const auto& tool : config.tools()) tool_number(tool.name);
        run_.configured_tools = config.tool_count();
        for (std::size_t client = 0; client < workload.clients(); ++client) {
            run_.clients.emplace_back(workload.client_name(client));
        }
    }

    History run() {
        for (std::size_t client = 0; client < workload_.clients(); ++client) ask(client, nullptr);
        while (!pending_.empty()) {
            const Pending next = pending_.top();
            pending_.pop();
            if (watcher_ != nullptr) watcher_->before(next.call.at, registry_);
            const Answer answer = make(next);
            ask(next.client, &answer);
        }
        if (!run_.steps.empty()) run_.end = run_.steps.back().at;
        return std::move(run_);
    }

private:
    void ask(std::size_t client, const Answer* previous) {
        if (auto call = workload_.next(client, previous)) pending_.push({client, *call});
    }

    Answer make(const Pending& pending) {
        const auto& [at, tool, has_reason, place] = pending.call;
        CHECK(pending.client < run_.clients.size());
        const auto reason =
            has_reason ? friction::Justification::given : friction::Justification::absent;
        const friction::Admission admission = registry_.admit(
            run_.clients[pending.client], config_.tool(tool), friction::Moment(at), reason);
        const friction::Decision& decision = admission.decision;
        const Step step{
            .at = at,
            .client = static_cast<std::uint32_t>(pending.client),
            .tool = tool_number(tool),
            .outcome = outcome_of(admission),
            .over_block = !decision.allowed,
            .level = decision.level,
            .friction = decision.friction,
            .rate = decision.current_rate,
            .target = decision.effective_target,
            .cost = decision.cost,
            .delay = admission.forward ? admission.delay.count() : 0,
            .retry_after_seconds = admission.forward ? 0 : decision.retry_after_seconds};
        CHECK(run_.steps.empty() || at >= run_.steps.back().at, "steps are in the order of time");
        run_.steps.push_back(step);
        return {at + step.delay, step.delay, step.outcome, step.retry_after_seconds};
    }

    std::uint32_t tool_number(std::string_view name) {
        const auto [at, added] = tool_numbers_.try_emplace(
            std::string(name), static_cast<std::uint32_t>(run_.tools.size()));
        if (added) run_.tools.emplace_back(name);
        CHECK(run_.tools.size() == tool_numbers_.size());
        return at->second;
    }

    Workload& workload_;
    const friction::FrictionConfig& config_;
    Watcher* watcher_;
    friction::Registry registry_;
    std::unordered_map<std::string, std::uint32_t> tool_numbers_;
    std::priority_queue<Pending, std::vector<Pending>, Later> pending_;
    History run_;
};

}  // namespace

History simulate(Workload& workload, const friction::FrictionConfig& config, Watcher* watcher) {
    return Simulation(workload, config, watcher).run();
}

}  // namespace sluice::simulate
