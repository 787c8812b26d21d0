#include "resource/mcp/task_places.h"

#include "base/json.h"
#include "base/json_writer.h"
#include "resource/mcp/raw_json.h"

namespace sluice::resource {
namespace {

constexpr std::string_view related_key = "io.modelcontextprotocol/related-task";

/// A value and its own text.
struct Part {
    JsonValue value;
    std::string_view text;
};

/// Copies a text and exchanges the ids on the way, from front to back.
class Walk {
public:
    Walk(std::string_view text, TaskSender sender, const ExchangeTask& exchange, std::string& out)
        : rest_(text), sender_(sender), exchange_(exchange), out_(out) {}

    bool visit_message(const Part& message) {
        const std::string_view method = message.value.find_string("method").value_or("");
        const bool is_request = message.value.find("id").has_value();
        return in_order(message, [&](std::string_view key, const Part& part) {
            if (key == "params") return visit_params(part, method, is_request);
            return key != "result" || visit_result(part);
        });
    }
    void finish() { out_ += rest_; }

private:
    /// Members may stand in any order; each is visited where it stands.
    template <class Visit>
    static bool in_order(const Part& object, Visit visit) {
        if (!object.value.is_object()) return true;
        const auto members = object.value.members();
        const auto texts = split_raw_json(object.text);
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (!visit(members[i].key, Part{members[i].value, texts[i]})) return false;
        }
        return true;
    }

    bool visit_params(const Part& params, std::string_view method, bool is_request) {
        const bool asks = sender_ == TaskSender::client;
        const bool names = method.starts_with(asks ? "tasks/" : "notifications/tasks");
        const bool listens = asks && method == "subscriptions/listen";
        return in_order(params, [&](std::string_view key, const Part& part) {
            if (key == "_meta") return visit_meta(part, is_request);
            if (names && key == "taskId") return exchange(TaskPlace::named, part);
            if (names && key == "task") return visit_task(part, TaskPlace::named);
            if (listens && key == "taskIds") return visit_ids(part);
            if (listens && key == "notifications") {
                return in_order(part, [&](std::string_view inner, const Part& ids) {
                    return inner != "taskIds" || visit_ids(ids);
                });
            }
            return true;
        });
    }

    bool visit_result(const Part& result) {
        const bool answers = sender_ == TaskSender::client;  // with tasks of its own
        const bool creates = result.value.find_string("resultType") == "task";
        return in_order(result, [&](std::string_view key, const Part& part) {
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
    bool visit_meta(const Part& meta, bool must) {
        return in_order(meta, [&](std::string_view key, const Part& part) {
            return key != related_key ||
                   in_order(part, [&](std::string_view inner, const Part& id) {
                       return inner != "taskId" || exchange(TaskPlace::related, id) || !must;
                   });
        });
    }

    bool visit_task(const Part& task, TaskPlace place) {
        return in_order(task, [&](std::string_view key, const Part& part) {
            return key != "taskId" || exchange(place, part);
        });
    }

    bool visit_ids(const Part& ids) {
        if (!ids.value.is_array()) return true;
        const auto elements = ids.value.elements();
        const auto texts = split_raw_json(ids.text);
        for (std::size_t i = 0; i < elements.size(); ++i) {
            if (!exchange(TaskPlace::named, {elements[i], texts[i]})) return false;
        }
        return true;
    }

    bool visit_list(const Part& tasks) {
        if (!tasks.value.is_array()) return true;
        const auto elements = tasks.value.elements();
        const auto texts = split_raw_json(tasks.text);
        skip_to(tasks.text.data());
        out_ += '[';
        bool first = true;
        for (std::size_t i = 0; i < elements.size(); ++i) {
            const auto id = elements[i].find_string("taskId");
            if (!id || !exchange_(TaskPlace::listed, *id)) continue;
            if (!first) out_ += ',';
            first = false;
            rest_ = texts[i];
            if (!visit_task({elements[i], texts[i]}, TaskPlace::listed)) return false;
            out_ += rest_;
        }
        out_ += ']';
        const char* const behind = tasks.text.data() + tasks.text.size();
        rest_ = {behind, static_cast<std::size_t>(end_ - behind)};
        return true;
    }

    bool exchange(TaskPlace place, const Part& id) {
        const auto text = id.value.string();
        if (!text) return false;
        const auto other = exchange_(place, *text);
        if (!other) return false;
        skip_to(id.text.data());
        rest_.remove_prefix(id.text.size());
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
    const auto document = JsonDocument::parse(json);
    if (!document) return false;
    Walk walk(json, sender, exchange, out);
    const JsonValue root = document->root();
    if (root.is_array()) {
        const auto elements = root.elements();
        const auto texts = split_raw_json(json);
        for (std::size_t i = 0; i < elements.size(); ++i) {
            if (!walk.visit_message({elements[i], texts[i]})) return false;
        }
    } else if (!walk.visit_message({root, json})) {
        return false;
    }
    walk.finish();
    return true;
}

}  // namespace sluice::resource
