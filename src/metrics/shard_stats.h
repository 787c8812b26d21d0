// Statistics of one shard's resources, and its part of the board of clients.
#pragma once

#include <optional>
#include <vector>

#include "base/random.h"
#include "http/service.h"
#include "io/sharded.h"
#include "io/task.h"
#include "metrics/client_board.h"
#include "metrics/recent_calls.h"
#include "metrics/resource_numbers.h"
#include "resource/decision/guard.h"

namespace sluice::metrics {

class ShardStats {
public:
    /// with_board  Somebody may look at clients by name: an [admin] section is there.
    ShardStats(const resource::Settings& settings, const resource::Guard& guard, bool with_board,
               Random& random);

    void count_request(std::size_t resource, const http::FinishedRequest& request);
    void count_unauthenticated(const resource::UnauthenticatedEvent& event);
    void count_call(const resource::ToolCallEvent& call, MonotonicTime now);

    /// One of each resource.
    std::vector<ResourceNumbers> numbers(MonotonicTime now) const;
    ClientBoard* board() { return board_ ? &*board_ : nullptr; }

private:
    struct OfResource {
        explicit OfResource(std::size_t tools) : counts{.tools = {}}, recent(tools) {
            counts.tools.resize(tools);
        }
        ResourceNumbers counts;  // without what is recent
        RecentCalls recent;
    };

    const resource::Guard& guard_;
    std::vector<OfResource> resources_;
    std::optional<ClientBoard> board_;
};

/// The counts of all shards: one message to each.
io::Task<std::vector<ResourceNumbers>> count_resources(const resource::Settings& settings,
                                                       const io::Sharded<ShardStats>& stats,
                                                       io::Shard& here);

}  // namespace sluice::metrics
