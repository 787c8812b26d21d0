// Noting, raising, acknowledging.
#include "resource/decision/tool_changes.h"

namespace sluice::resource {
namespace {

/// On every shard: calls of the tool meet at least this friction.
io::Task<void> set_floor(io::Shard& shard, const io::Sharded<Guard>& guards, std::size_t resource,
                         std::string_view tool, double floor) {
    for (unsigned owner = 0; owner < guards.count(); ++owner) {
        co_await guards.call(shard, owner, [resource, tool, floor](Guard& guard) {
            guard.set_friction_floor(resource, tool, floor);
        });
    }
}

}  // namespace

bool watches_tools(const ProtectedResource& resource) {
    return resource.settings().tool_changes != ToolChanges::off;
}

io::Task<void> note_tools(DecisionParts parts, const ProtectedResource& resource,
                          std::uint64_t request_id, std::vector<ToolDefinition> definitions) {
    if (definitions.empty()) co_return;
    const ResourceSettings& settings = resource.settings();
    const std::size_t index = resource.index();
    co_await parts.guards.call(parts.shard, parts.shard.index(), [&](Guard& guard) {
        for (const ToolDefinition& definition : definitions) {
            guard.learn_tool(index, definition.name);
        }
    });
    const auto note = [&definitions, index, now = parts.shard.now()](Guard& guard) {
        return guard.inventory(index).note(definitions, now);
    };
    const auto changes =
        co_await parts.guards.call(parts.shard, inventory_owner(index, parts.guards.count()), note);
    const bool raises = settings.tool_changes == ToolChanges::friction;
    for (const ToolChange& change : changes) {
        parts.observer.on_tool_changed({.resource = settings.path,
                                        .tool_name = change.tool,
                                        .description = change.description,
                                        .input_schema = change.input_schema,
                                        .old_hash = change.old_hash,
                                        .new_hash = change.new_hash,
                                        .request_id = request_id});
        if (!raises) continue;
        co_await set_floor(parts.shard, parts.guards, index, change.tool,
                           settings.tool_change_friction);
    }
}

io::Task<bool> acknowledge_tool(io::Shard& shard, const io::Sharded<Guard>& guards,
                                std::size_t resource, std::string_view tool) {
    const bool changed = co_await guards.call(
        shard, inventory_owner(resource, guards.count()),
        [resource, tool](Guard& guard) { return guard.inventory(resource).acknowledge(tool); });
    if (changed) co_await set_floor(shard, guards, resource, tool, 0);
    co_return changed;
}

}  // namespace sluice::resource
