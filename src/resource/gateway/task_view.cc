#include "resource/gateway/task_view.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "resource/mcp/era.h"
#include "resource/mcp/task_places.h"

namespace sluice::resource {

bool TaskView::concerns(const PostedBody& body, std::string_view text) {
    return may_name_task(text, TaskSender::client) ||
           std::ranges::any_of(body.messages(), [](const Message& message) {
               return message.method.starts_with("tasks/");
           });
}

bool TaskView::lists(const PostedBody& body) {
    return std::ranges::any_of(
        body.messages(), [](const Message& message) { return message.method == "tasks/list"; });
}

bool TaskView::open(std::string_view posted, std::string& out) {
    const std::string& path = context_.resource.settings().path;
    const auto untag = [&](TaskPlace, std::string_view id) -> std::optional<std::string> {
        return context_.tasks->untagged(id, path, context_.caller_key())
            .transform([](std::string_view own) { return std::string(own); });
    };
    if (!exchange_tasks(posted, TaskSender::client, untag, out)) return false;
    // Where the header mirrors the id, the MCP server compares.
    const auto name = context_.request().field("Mcp-Name");
    const auto decoded = name ? decode_mirrored(*name) : std::nullopt;
    if (decoded) context_.mcp_name = untag(TaskPlace::named, *decoded).value_or("");
    return true;
}

io::Task<void> TaskView::load() {
    lists_ = true;
    const CallerKey caller = context_.caller_key();
    const auto look = [&caller, index = context_.resource.index()](Guard& guard) {
        return guard.own_tasks(index).of(caller);
    };
    own_ = co_await context_.guards.call(context_.exchange.shard(),
                                         caller.owner(context_.guards.count()), look);
}

bool TaskView::concerns(std::string_view json) {
    return may_name_task(json, TaskSender::server);
}

bool TaskView::show(std::string_view json, std::string& out) {
    const std::string& path = context_.resource.settings().path;
    const auto tag = [&](TaskPlace place, std::string_view id) -> std::optional<std::string> {
        const std::uint64_t hash = OwnTasks::hash_of(id);
        if (place == TaskPlace::created) created_.push_back(hash);
        if (place == TaskPlace::listed && std::ranges::find(own_, hash) == own_.end()) {
            return std::nullopt;
        }
        return context_.tasks->tagged(id, path, context_.caller_key());
    };
    out.clear();
    if (context_.tasks != nullptr && exchange_tasks(json, TaskSender::server, tag, out))
        return true;
    out = json;
    return !lists_;
}

io::Task<void> TaskView::note_created() {
    io::Shard& shard = context_.exchange.shard();
    const CallerKey caller = context_.caller_key();
    for (const std::uint64_t task : std::exchange(created_, {})) {
        const auto note = [&caller, task, index = context_.resource.index(), now = shard.now()](
                              Guard& guard) { guard.own_tasks(index).note(caller, task, now); };
        co_await context_.guards.call(shard, caller.owner(context_.guards.count()), note);
    }
}

}  // namespace sluice::resource
