#include "resource/gateway/message_batch.h"

#include "base/check.h"
#include "base/json.h"
#include "http/media_type.h"
#include "http/sse.h"

namespace sluice::resource {

void append_events(std::string& out, const std::vector<std::string>& messages) {
    for (const std::string& message : messages) {
        http::append_sse(out, {.event = "message", .data = message, .has_data = true});
    }
}

std::string merged(std::string_view json, const std::vector<std::string>& messages) {
    std::string out = "[";
    const auto add = [&out](std::string_view message) {
        if (out.size() > 1) out += ',';
        out += message;
    };
    if (const auto document = JsonDocument::parse_carried(json)) {
        const JsonValue root = document->root();
        if (!root.is_array()) add(root.raw());
        root.for_each_element([&](const JsonValue& message) {
            add(message.raw());
            return true;
        });
    }
    for (const std::string& message : messages) add(message);
    return out + "]";
}

void answer_messages(RequestContext& context, const std::vector<std::string>& messages,
                     bool is_batch) {
    http::Response& response = context.response();
    CHECK(!messages.empty() && (is_batch || messages.size() == 1));
    response.set_status(http::Status::ok);
    response.add_field("Cache-Control", "no-store");
    const std::string_view accept = context.request().field("Accept").value_or("");
    if (!http::accepts(accept, "application/json") &&
        http::accepts_by_name(accept, "text/event-stream")) {
        response.add_field("Content-Type", "text/event-stream");
        response.add_field("X-Accel-Buffering", "no");
        append_events(response.body(), messages);
        return;
    }
    response.add_field("Content-Type", "application/json");
    response.body() = is_batch ? merged("", messages) : messages.front();
}

}  // namespace sluice::resource
