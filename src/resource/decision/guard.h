// Friction guard of verified callers: one shard's part of every resource's registry of clients.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/random.h"
#include "friction/registry.h"
#include "resource/decision/caller_key.h"
#include "resource/decision/dirty_penalties.h"
#include "resource/decision/open_rounds.h"
#include "resource/decision/own_tasks.h"
#include "resource/settings.h"
#include "resource/tools/known_tools.h"
#include "resource/tools/tool_inventory.h"

namespace sluice::resource {

/// Lives on one shard; reached from others by io::Sharded<Guard>. Each shard's registry of a
/// resource holds up to the configuration's max_clients.
class Guard {
public:
    Guard(const Settings& settings, Random& random);
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    /// One call of a tool by a verified caller that is allowed to make it: decides, and records it
    /// where it passes. A tool without friction of its own counts for the fractions of all.
    /// resource  The place in Settings::resources of one that has friction.
    friction::Admission admit(
        std::size_t resource, const CallerKey& caller, friction::ToolId tool, MonotonicTime now,
        friction::Justification justification = friction::Justification::absent);
    // What the caller's next call here reads is fetched meanwhile; first the index, then, after
    // some other work, the caller's own. Nothing for a resource without friction.
    void prefetch_index(std::size_t resource, const CallerKey& caller) const {
        CHECK(resource < resources_.size(), "a resource of other settings");
        const friction::Registry* const registry = resources_[resource].registry.get();
        if (registry != nullptr) registry->prefetch_index(caller.text());
    }
    void prefetch_client(std::size_t resource, const CallerKey& caller) const {
        const friction::Registry* const registry = resources_[resource].registry.get();
        if (registry != nullptr) registry->prefetch_client(caller.text());
    }

    /// Records a call whatever friction says of it, and gives what it said.
    friction::Decision observe(std::size_t resource, const CallerKey& caller, friction::ToolId tool,
                               MonotonicTime now);

    /// How a caller stands: one decision for each of the configuration's tools, in their order; of
    /// one that was evicted, as what it would come back. Empty where neither is remembered (or the
    /// resource has no friction).
    std::vector<friction::Decision> standing(std::size_t resource, const CallerKey& caller,
                                             MonotonicTime now) const;
    /// Calls of `tool` meet at least this friction, until it is set anew; 0: what their use gives.
    /// Nothing comes of it for a tool without friction of its own.
    void set_friction_floor(std::size_t resource, std::string_view tool, double floor);

    /// What the resource's tools are; only one shard's is used: inventory_owner() in
    /// tool_changes.h.
    ToolInventory& inventory(std::size_t resource) { return resources_.at(resource).inventory; }
    const ToolInventory& inventory(std::size_t resource) const {
        return resources_.at(resource).inventory;
    }

    // What the resource's MCP server has shown to this shard that it has.
    bool knows_tool(std::size_t resource, std::string_view tool) const {
        return resources_.at(resource).known_tools.contains(tool);
    }
    void learn_tool(std::size_t resource, std::string_view tool) {
        resources_.at(resource).known_tools.add(tool);
    }

    /// Calls of this shard's callers that wait for answers.
    OpenRounds& rounds(std::size_t resource) { return resources_.at(resource).rounds; }

    /// What this shard's callers have created.
    OwnTasks& own_tasks(std::size_t resource) { return resources_.at(resource).own_tasks; }

    /// Callers whose state is kept here; 0 where the resource has no friction.
    std::size_t client_count(std::size_t resource) const;
    /// Forgets a caller and its penalty; whether there was anything.
    bool forgive(std::size_t resource, const CallerKey& caller);

    // Penalties, for somebody who keeps them where a restart does not reach them.

    /// From now on it is remembered whose penalties change. Before the first call.
    void track_penalties();
    bool tracks_penalties(std::size_t resource) const;
    /// Penalties that differ from what was taken or restored before, at most `count_max`; what is
    /// taken is held for written down.
    std::vector<PenaltyChange> take_penalty_changes(std::size_t resource, std::size_t count_max,
                                                    MonotonicTime now);
    /// What was taken could not be written down: it is to be taken once more.
    void return_penalty_change(std::size_t resource, const CallerKey& caller);
    /// A stored penalty is in force again.
    void restore_penalty(std::size_t resource, const CallerKey& caller,
                         const friction::Penalty& penalty, MonotonicTime now);

private:
    friction::Registry& registry(std::size_t resource) const;

    struct Entry {
        std::shared_ptr<const friction::FrictionConfig> config;
        std::vector<double> floors;  // by tool; empty while none is set
        ToolInventory inventory;
        KnownTools known_tools;
        OpenRounds rounds;
        OwnTasks own_tasks;
        std::unique_ptr<friction::Registry> registry;  // null where the resource has no friction
        std::unique_ptr<DirtyPenalties> penalties;     // null where nobody keeps them
    };
    static void note_penalty(const Entry& entry, const CallerKey& caller, double friction);

    std::vector<Entry> resources_;
};

}  // namespace sluice::resource
