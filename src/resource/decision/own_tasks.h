// Own tasks: which tasks of an MCP server (MCP 2025-11-25) a caller has created.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "resource/decision/caller_key.h"

namespace sluice::resource {

/// Of one resource, on the callers' own shard, for lists alone: whether a task may be read, its
/// id says by itself (TaskTags). Bounded for each caller and in all; a task that is forgotten, or
/// that another box knows, is missing in the list and nowhere else.
class OwnTasks {
public:
    static constexpr std::size_t callers_max = 4096;
    static constexpr std::size_t of_caller_max = 256;  // the oldest goes

    static std::uint64_t hash_of(std::string_view task_id);

    void note(const CallerKey& caller, std::uint64_t task, MonotonicTime now);
    std::vector<std::uint64_t> of(const CallerKey& caller) const;

private:
    struct Tasks {
        std::vector<std::uint64_t> hashes;
        MonotonicTime noted{};  // the last of them
    };

    std::unordered_map<CallerKey, Tasks, CallerKey::Hash> tasks_;
};

}  // namespace sluice::resource
