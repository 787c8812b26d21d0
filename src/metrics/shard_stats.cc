// Counting.
#include "metrics/shard_stats.h"

#include "base/check.h"

namespace sluice::metrics {

ShardStats::ShardStats(const resource::Settings& settings, const resource::Guard& guard,
                       bool with_board, Random& random)
    : guard_(guard) {
    for (const resource::ResourceSettings& resource : settings.resources) {
        resources_.emplace_back(resource.friction ? resource.friction->tools().size() : 0);
    }
    if (with_board) board_.emplace(random.next_u64());
}

void ShardStats::count_request(std::size_t resource, const http::FinishedRequest& request) {
    if (request.method != "POST") return;
    CHECK(resource < resources_.size());
    resources_[resource].counts.requests.count(request.status, request.duration);
}

void ShardStats::count_unauthenticated(const resource::UnauthenticatedEvent& event) {
    CHECK(event.resource < resources_.size());
    ++resources_[event.resource].counts.strangers[static_cast<std::size_t>(event.outcome)];
}

void ShardStats::count_call(const resource::ToolCallEvent& call, MonotonicTime now) {
    CHECK(call.resource < resources_.size());
    OfResource& of = resources_[call.resource];
    const bool passed = call.outcome == resource::CallOutcome::allowed ||
                        call.outcome == resource::CallOutcome::delayed;
    of.recent.count(call.tool, passed, call.decision.friction, now);
    if (!call.tool.is_listed()) {
        ++of.counts.other_calls;
        return;
    }
    ++of.counts.tools[call.tool.index()].calls[static_cast<std::size_t>(call.outcome)];
    if (!board_) return;
    if (call.decision.friction > 0 || !passed) board_->note(call, now);
}

std::vector<ResourceNumbers> ShardStats::numbers(MonotonicTime now) const {
    std::vector<ResourceNumbers> numbers;
    for (std::size_t i = 0; i < resources_.size(); ++i) {
        ResourceNumbers& of = numbers.emplace_back(resources_[i].counts);
        const RecentCalls::Sum recent = resources_[i].recent.sum(now);
        of.recent_passed = recent.passed;
        of.clients = guard_.client_count(i);
        of.tool_changes = guard_.inventory(i).pending_count();
        for (std::size_t tool = 0; tool < recent.tools.size(); ++tool) {
            of.tools[tool].recent_passed = recent.tools[tool].passed;
            of.tools[tool].recent_friction_max =
                static_cast<double>(recent.tools[tool].friction_max);
        }
    }
    return numbers;
}

io::Task<std::vector<ResourceNumbers>> count_resources(const resource::Settings& settings,
                                                       const io::Sharded<ShardStats>& stats,
                                                       io::Shard& here) {
    std::vector<ResourceNumbers> total(settings.resources.size());
    for (unsigned owner = 0; owner < stats.count(); ++owner) {
        const auto numbers = co_await stats.call(
            here, owner, [now = here.now()](ShardStats& of) { return of.numbers(now); });
        CHECK(numbers.size() == total.size(), "all shards have the same settings");
        for (std::size_t i = 0; i < total.size(); ++i) total[i] += numbers[i];
    }
    co_return total;
}

}  // namespace sluice::metrics
