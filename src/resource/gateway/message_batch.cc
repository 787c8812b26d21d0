#include "resource/gateway/message_batch.h"

#include "base/check.h"
#include "base/json.h"
#include "http/media_type.h"
#include "http/sse.h"
#include "resource/mcp/raw_json.h"

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
    // A mark that may stand at a text's start (RFC 8259 §8.1) must not stand within one.
    if (json.starts_with("\xef\xbb\xbf")) json.remove_prefix(3);
    if (const auto document = JsonDocument::parse(json)) {
        if (document->root().is_array()) {
            for (const std::string_view message : split_raw_json(json)) add(message);
        } else {
            add(json);
        }
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
