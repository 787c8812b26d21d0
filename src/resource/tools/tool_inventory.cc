// Noticing changes.
#include "resource/tools/tool_inventory.h"

#include <algorithm>

#include "base/check.h"

namespace sluice::resource {

ToolChange ToolInventory::change_of(const std::string& name, const Tool& tool) {
    CHECK(!tool.accepted.empty(), "what was seen first is accepted");
    const ToolDefinition& before = tool.accepted.back();
    return {.tool = name,
            .description = before.description != tool.shown.description,
            .input_schema = before.input_schema != tool.shown.input_schema,
            .old_hash = before.hash(),
            .new_hash = tool.shown.hash(),
            .seen = tool.since};
}

std::vector<ToolChange> ToolInventory::note(std::span<const ToolDefinition> definitions,
                                            MonotonicTime now) {
    std::vector<ToolChange> changes;
    for (const ToolDefinition& definition : definitions) {
        const auto known = tools_.find(definition.name);
        if (known == tools_.end()) {
            if (tools_.size() == tools_max || definition.name.size() > name_bytes_max) continue;
            tools_.emplace(definition.name, Tool{{definition}, definition});
            continue;
        }
        Tool& tool = known->second;
        if (definition == tool.shown ||
            std::ranges::find(tool.accepted, definition) != tool.accepted.end())
            continue;
        tool.shown = definition;
        pending_ += tool.changed ? 0 : 1;
        tool.changed = true;
        tool.since = now;
        changes.push_back(change_of(known->first, tool));
    }
    CHECK(pending_ <= tools_.size() && tools_.size() <= tools_max);
    return changes;
}

bool ToolInventory::acknowledge(std::string_view name) {
    const auto known = tools_.find(name);
    if (known == tools_.end() || !known->second.changed) return false;
    Tool& tool = known->second;
    if (tool.accepted.size() == accepted_max) tool.accepted.erase(tool.accepted.begin());
    tool.accepted.push_back(tool.shown);
    tool.changed = false;
    CHECK(pending_ > 0 && tool.accepted.size() <= accepted_max);
    --pending_;
    return true;
}

std::vector<ToolChange> ToolInventory::pending() const {
    std::vector<ToolChange> changes;
    for (const auto& [name, tool] : tools_) {
        if (tool.changed) changes.push_back(change_of(name, tool));
    }
    return changes;
}

}  // namespace sluice::resource
