// Rug pull detection (tool poisoning): noticing, reporting and acknowledging changed definitions.
#pragma once

#include <string_view>
#include <vector>

#include "io/task.h"
#include "resource/decision/decision.h"
#include "resource/tools/tool_inventory.h"

namespace sluice::resource {

/// Whether lists of tools of this resource are compared with what was seen before.
bool watches_tools(const ProtectedResource& resource);

/// Compares `definitions` with the inventory of the process. A change goes to the observer and,
/// where the resource is set so, raises the tool's friction on every shard. request_id  Of the
/// request whose answer holds them.
io::Task<void> note_tools(DecisionParts parts, const ProtectedResource& resource,
                          std::uint64_t request_id, std::vector<ToolDefinition> definitions);

/// The shard whose Guard has the inventory of the resource at that place of the settings.
inline unsigned inventory_owner(std::size_t resource, unsigned shard_count) {
    return static_cast<unsigned>(resource % shard_count);
}

/// Accepts a change and lets the tool's friction be what it is; whether there was a change.
io::Task<bool> acknowledge_tool(io::Shard& shard, const io::Sharded<Guard>& guards,
                                std::size_t resource, std::string_view tool);

}  // namespace sluice::resource
