// Where a message of MCP names tasks: so that their ids can be exchanged and all else stays as it
// was written.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::resource {

enum class TaskPlace : std::uint8_t {
    named,    // what a request or a notification is about, or an answer tells
    listed,   // an element of the answer to tasks/list
    created,  // by the answer to another request
    related,  // io.modelcontextprotocol/related-task in _meta
};

/// What to write for a task's id; nothing: it must not stand there. A listed task is then left out.
using ExchangeTask =
    std::function<std::optional<std::string>(TaskPlace place, std::string_view id)>;

enum class TaskSender : std::uint8_t { client, server };

/// Whether a text may name a task; false only where it does not. A client may have escaped a key.
bool may_name_task(std::string_view json, TaskSender sender);

/// Appends `json`, a message or a batch, behind `out` with every task's id exchanged that is one of
/// the MCP server's. (A client may have tasks of its own, which only it names: they stay.) False
/// where one must not stand where it does, or `json` is none; `out` is then unspecified.
bool exchange_tasks(std::string_view json, TaskSender sender, const ExchangeTask& exchange,
                    std::string& out);

}  // namespace sluice::resource
