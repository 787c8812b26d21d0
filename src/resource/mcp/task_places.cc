#include "resource/mcp/task_places.h"

#include "base/json.h"
#include "base/json_writer.h"

namespace sluice::resource {
namespace {

constexpr std::string_view related_key = "io.modelcontextprotocol/related-task";

/// Copies a text and exchanges the ids on the way, from front to back.
class Walk {
public:
    Walk(std::string_view text, TaskSender sender, const ExchangeTask& exchange, std::string& out)
        : rest_(text), sender_(sender), exchange_(exchange), out_(out) {}

    bool visit_message(const JsonValue& message) {
        const std::string_view method = message.find_string("method").value_or("");
        const bool is_request = message.find("id").has_value();
        return in_order(message, [&](std::string_view key, const JsonValue& part) {
            if (key == "params") return visit_params(part, method, is_request);
            return key != "result" || visit_result(part);
        });
    }
    void finish() { out_ += rest_; }

private:
    /// Members may stand in any order; each is visited where it stands.
    template <class Visit>
    static bool in_order(const JsonValue& object, Visit visit) {
        bool good = true;
        object.for_each_member([&](std::string_view key, const JsonValue& value) {
            good = good && visit(key, value);
        });
        return good;
    }

    bool visit_params(const JsonValue& params, std::string_view method, bool is_request) {
        const bool asks = sender_ == TaskSender::client;
        const bool names = method.starts_with(asks ? "tasks/" : "notifications/tasks");
        const bool listens = asks && method == "subscriptions/listen";
        return in_order(params, [&](std::string_view key, const JsonValue& part) {
            if (key == "_meta") return visit_meta(part, is_request);
            if (names && key == "taskId") return exchange(TaskPlace::named, part);
            if (names && key == "task") return visit_task(part, TaskPlace::named);
            if (listens && key == "taskIds") return visit_ids(part);
            if (listens && key == "notifications") {
                return in_order(part, [&](std::string_view inner, const JsonValue& ids) {
                    return inner != "taskIds" || visit_ids(ids);
                });
            }
            return true;
        });
    }

    bool visit_result(const JsonValue& result) {
        const bool answers = sender_ == TaskSender::client;  // with tasks of its own
        const bool creates = result.find_string("resultType") == "task";
        return in_order(result, [&](std::string_view key, const JsonValue& part) {
            if (key == "_meta") return visit_meta(part, !answers);
            if (answers) return true;
            if (key == "taskId") {
                return exchange(creates ? TaskPlace::created : TaskPlace::named, part);
            }
            if (key == "task") return visit_task(part, TaskPlace::created);
            return key != "tasks" || visit_list(part);
        });
    }

    /// must  Else what is no known id may be one of the client's own.
    bool visit_meta(const JsonValue& meta, bool must) {
        return in_order(meta, [&](std::string_view key, const JsonValue& part) {
            return key != related_key ||
                   in_order(part, [&](std::string_view inner, const JsonValue& id) {
                       return inner != "taskId" || exchange(TaskPlace::related, id) || !must;
                   });
        });
    }

    bool visit_task(const JsonValue& task, TaskPlace place) {
        return in_order(task, [&](std::string_view key, const JsonValue& part) {
            return key != "taskId" || exchange(place, part);
        });
    }

    bool visit_ids(const JsonValue& ids) {
        bool good = true;
        ids.for_each_element([&](const JsonValue& id) {
            good = exchange(TaskPlace::named, id);
            return good;
        });
        return good;
    }

    bool visit_list(const JsonValue& tasks) {
        if (!tasks.is_array()) return true;
        skip_to(tasks.raw().data());
        out_ += '[';
        bool first = true;
        bool good = true;
        tasks.for_each_element([&](const JsonValue& task) {
            const auto id = task.find_string("taskId");
            if (!id || !exchange_(TaskPlace::listed, *id)) return true;
            if (!first) out_ += ',';
            first = false;
            rest_ = task.raw();
            good = visit_task(task, TaskPlace::listed);
            out_ += rest_;
            return good;
        });
        out_ += ']';
        const char* const behind = tasks.raw().data() + tasks.raw().size();
        rest_ = {behind, static_cast<std::size_t>(end_ - behind)};
        return good;
    }

    bool exchange(TaskPlace place, const JsonValue& id) {
        const auto text = id.string();
        if (!text) return false;
        const auto other = exchange_(place, *text);
        if (!other) return false;
        skip_to(id.raw().data());
        rest_.remove_prefix(id.raw().size());
        append_json_string(out_, *other);
        return true;
    }

    void skip_to(const char* place) {
        const auto ahead = static_cast<std::size_t>(place - rest_.data());
        out_ += rest_.substr(0, ahead);
        rest_.remove_prefix(ahead);
    }

    std::string_view rest_;
    const char* end_ = rest_.data() + rest_.size();
    TaskSender sender_;
    const ExchangeTask& exchange_;
    std::string& out_;
};

/// Nobody has to escape a letter of ASCII.
bool escapes_ascii(std::string_view json) {
    constexpr std::string_view start = "\\u00";
    for (auto at = json.find(start); at != std::string_view::npos; at = json.find(start, at + 1)) {
        const std::string_view digit = json.substr(at + start.size(), 1);
        if (digit >= "2" && digit <= "7") return true;
    }
    return false;
}

}  // namespace

bool may_name_task(std::string_view json, TaskSender sender) {
    if (json.contains("askId")) return true;
    return sender == TaskSender::client && escapes_ascii(json);
}

bool exchange_tasks(std::string_view json, TaskSender sender, const ExchangeTask& exchange,
                    std::string& out) {
    if (json.starts_with("\xef\xbb\xbf")) json.remove_prefix(3);
    const auto document = JsonDocument::parse_carried(json);
    if (!document) return false;
    Walk walk(json, sender, exchange, out);
    const JsonValue root = document->root();
    bool good = walk.visit_message(root);
    root.for_each_element([&](const JsonValue& message) {
        good = walk.visit_message(message);
        return good;
    });
    if (good) walk.finish();
    return good;
}

}  // namespace sluice::resource
