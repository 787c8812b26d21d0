// Tool inventory: pinned definitions of a server's tools (tool poisoning, rug pulls), and changes.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "resource/tools/tool_definition.h"

namespace sluice::resource {

/// A definition that is not what was accepted; stays until an operator acknowledges it, also where
/// the server shows the old one again.
struct ToolChange {
    std::string tool;
    bool description = false;   // differs (or the title does)
    bool input_schema = false;  // differs
    std::string old_hash;
    std::string new_hash;
    MonotonicTime seen{};
};

/// Of one resource, in the memory of one shard of the process: the first definition that is seen of
/// a tool is accepted. Bounded.
class ToolInventory {
public:
    static constexpr std::size_t tools_max = 1000;      // those beyond are not looked at
    static constexpr std::size_t accepted_max = 4;      // definitions of a tool: the oldest goes
    static constexpr std::size_t name_bytes_max = 256;  // of tools that are looked at

    /// The changes that are new by this list.
    std::vector<ToolChange> note(std::span<const ToolDefinition> definitions, MonotonicTime now);
    /// Accepts what a tool is now; whether there was a change.
    bool acknowledge(std::string_view tool);
    std::vector<ToolChange> pending() const;
    std::size_t pending_count() const { return pending_; }

private:
    struct Tool {
        std::vector<ToolDefinition> accepted;  // the one accepted last at the end
        ToolDefinition shown;                  // differs from all of these while `changed`
        bool changed = false;
        MonotonicTime since{};
    };
    static ToolChange change_of(const std::string& name, const Tool& tool);

    std::map<std::string, Tool, std::less<>> tools_;
    std::size_t pending_ = 0;
};

}  // namespace sluice::resource
