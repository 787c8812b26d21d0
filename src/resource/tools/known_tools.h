// Tools that an MCP server is known to have: it listed them, or has answered a call of them.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace sluice::resource {

/// Of one resource, on one shard. What enters is the MCP server's word, never a client's alone.
/// Bounded: tools beyond are never known.
class KnownTools {
public:
    static constexpr std::size_t tools_max = 1000;
    static constexpr std::size_t name_bytes_max = 256;

    /// Allocates nothing.
    bool contains(std::string_view tool) const { return names_.contains(tool); }
    void add(std::string_view tool) {
        if (tool.size() > name_bytes_max || names_.size() == tools_max || contains(tool)) return;
        names_.emplace(tool);
    }

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    std::unordered_set<std::string, Hash, std::equal_to<>> names_;
};

}  // namespace sluice::resource
