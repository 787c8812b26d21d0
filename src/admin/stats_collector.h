// Statistics collector: gathers what the page shows from every shard, by one message each.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "admin/dashboard_frame.h"
#include "io/cancel.h"
#include "io/sharded.h"
#include "io/task.h"
#include "metrics/shard_stats.h"
#include "resource/decision/guard.h"
#include "resource/settings.h"
#include "resource/tools/tool_inventory.h"

namespace sluice::admin {

/// A client that met friction, with how it stands now.
struct WatchedClient {
    metrics::BoardEntry entry;
    std::vector<friction::Decision> standing;  // of the configured tools; empty: not remembered
    double friction = 0;                       // the highest of them
};

/// Lives on the shard that serves /admin.
class StatsCollector {
public:
    struct Parts {
        io::Shard& shard;
        const resource::Settings& resources;
        const io::Sharded<metrics::ShardStats>& stats;
        const io::Sharded<resource::Guard>& guards;
    };
    explicit StatsCollector(const Parts& parts) : parts_(parts) {}

    /// Counts once a second until `scope` is cancelled.
    io::Task<void> run(io::CancelScope& scope);
    const Timeline& timeline() const { return timeline_; }

    /// Of each resource those with the most friction now, first those with more.
    io::Task<std::vector<WatchedClient>> clients();

    struct Client {
        std::size_t resource;
        std::string_view client_id;
        std::string_view subject;
    };
    struct Change {
        std::size_t resource;
        resource::ToolChange change;
        bool raises;  // the friction of the tool's calls
    };
    io::Task<std::vector<Change>> changes();
    io::Task<bool> acknowledge(std::size_t resource, std::string_view tool);

    /// Forgets the client's friction and its place on the board.
    io::Task<void> forgive(Client client);

    const resource::Settings& resources() const { return parts_.resources; }

    static constexpr std::size_t clients_max = 50;  // of each resource

private:
    resource::CallerKey key_of(const Client& client) const;

    Parts parts_;
    Timeline timeline_;
};

}  // namespace sluice::admin
