// The tasks of an MCP server as one caller has them: its own, under ids that are tagged for it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "io/task.h"
#include "resource/gateway/request_context.h"
#include "resource/mcp/json_rpc.h"

namespace sluice::resource {

/// Of one request. Where a message names no task, all of it costs a search in its text.
class TaskView {
public:
    explicit TaskView(RequestContext& context) : context_(context) {}

    /// Whether a posted body has to be read for tasks.
    static bool concerns(const PostedBody& body, std::string_view text);
    /// Whether the answer may be a list of tasks, which has to be read to its end.
    static bool lists(const PostedBody& body);

    /// Appends what the client posted with the MCP server's own ids, and finds the Mcp-Name that
    /// goes with it. False where it names a task that is not this caller's.
    bool open(std::string_view posted, std::string& out);

    /// Before the first show() of what may be a list.
    io::Task<void> load();
    /// Whether show() has anything to do with this text.
    static bool concerns(std::string_view json);
    /// Makes `out` what the MCP server said, with ids for this caller. What cannot be read stays as
    /// it is; false, and it must not pass, where it may be a list.
    bool show(std::string_view json, std::string& out);
    /// Whether tasks were shown as created.
    bool has_created() const { return !created_.empty(); }
    /// Remembers them.
    io::Task<void> note_created();

private:
    RequestContext& context_;
    bool lists_ = false;
    std::vector<std::uint64_t> own_;
    std::vector<std::uint64_t> created_;
};

}  // namespace sluice::resource
