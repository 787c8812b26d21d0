// From a list of tools on its way to a client to the resource's book, and what comes of it.
#pragma once

#include <string_view>
#include <vector>

#include "io/task.h"
#include "resource/tool_book.h"
#include "resource/visit.h"

namespace sluice::resource {

/// Whether lists of this resource are looked at.
bool looks_at_tools(const Visit& visit);

/// Tells the book of the process what `definitions` say. A change goes to the observer and, where
/// the resource is set so, raises the tool's friction on every shard.
io::Task<void> note_tools(Visit& visit, std::vector<ToolDefinition> definitions);

/// The shard whose Guard has the book of the resource at that place of the settings.
inline unsigned book_owner(std::size_t resource, unsigned shard_count) {
    return static_cast<unsigned>(resource % shard_count);
}

/// Accepts a change and lets the tool's friction be what it is; whether there was a change.
io::Task<bool> acknowledge_tool(io::Shard& shard, const io::Sharded<Guard>& guards,
                                std::size_t resource, std::string_view tool);

}  // namespace sluice::resource
