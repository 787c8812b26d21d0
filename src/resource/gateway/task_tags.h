// Ids of tasks (MCP 2025-11-25, and its extension later), each bound to who created the task.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "resource/decision/caller_key.h"

namespace sluice::resource {

/// A client has the MCP server's id with a tag behind it, "ID.TAG", which the server's secret, the
/// resource, the caller and the id give. Unlike a session id it stays readable, since messages hold
/// it, and one task has one id everywhere: bodies stay as they were written but for the tag. No
/// table is needed, and every core and box can tell, also after a restart.
class TaskTags {
public:
    explicit TaskTags(const Secret& secret) : secret_(secret) {}

    std::string tagged(std::string_view id, std::string_view path, const CallerKey& caller) const;
    /// The MCP server's id, a view into `tagged`; nothing where it is not this caller's at `path`.
    std::optional<std::string_view> untagged(std::string_view tagged, std::string_view path,
                                             const CallerKey& caller) const;

private:
    std::string tag_of(std::string_view id, std::string_view path, const CallerKey& caller) const;

    Secret secret_;
};

}  // namespace sluice::resource
