#include "notes/notes_server.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/json_writer.h"

namespace sluice::notes {
namespace {

constexpr std::string_view stateless_version = "2026-07-28";
constexpr std::array<std::string_view, 4> session_versions = {"2025-11-25", "2025-06-18",
                                                              "2025-03-26", "2024-11-05"};
constexpr std::string_view server_info = R"({"name":"Sluice notes","version":"1.0.0"})";
constexpr std::string_view tools = R"([
{"name":"list_notes","description":"Lists the ids of all notes.",
 "inputSchema":{"type":"object","properties":{}},"annotations":{"readOnlyHint":true}},
{"name":"get_note","description":"Reads one note.",
 "inputSchema":{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]},
 "annotations":{"readOnlyHint":true}},
{"name":"create_note","description":"Writes a new note.",
 "inputSchema":{"type":"object","properties":{"id":{"type":"string"},"text":{"type":"string"}},
 "required":["id","text"]}},
{"name":"update_note","description":"Replaces the text of a note.",
 "inputSchema":{"type":"object","properties":{"id":{"type":"string"},"text":{"type":"string"}},
 "required":["id","text"]}},
{"name":"delete_note","description":"Deletes one note for good.",
 "inputSchema":{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]},
 "annotations":{"destructiveHint":true}}])";

// JSON-RPC 2.0 §5.1.
constexpr int parse_error = -32700;
constexpr int invalid_request = -32600;
constexpr int method_not_found = -32601;
constexpr int invalid_params = -32602;
constexpr int unsupported_version = -32022;  // MCP 2026-07-28

constexpr std::size_t batch_size_max = 50;

/// Starts `{"jsonrpc":"2.0","id":…`: the caller adds the outcome and closes the object.
JsonWriter begin_answer(http::Response& response, const JsonValue* id) {
    response.add_field("Content-Type", "application/json");
    JsonWriter json(response.body());
    json.begin_object().member("jsonrpc", "2.0").key("id");
    if (id == nullptr) {
        json.null();  // JSON-RPC 2.0 §5: an id that could not be read
    } else {
        std::string text;
        id->append_to(text);
        json.raw(text);
    }
    return json;
}

void answer_error(http::Response& response, http::Status status, const JsonValue* id, int code,
                  std::string_view message) {
    response.set_status(status);
    JsonWriter json = begin_answer(response, id);
    json.key("error").begin_object().member("code", code).member("message", message).end_object();
    json.end_object();
}

/// What every result of the stateless revision carries.
void complete(JsonWriter& json, bool stateless, bool cacheable) {
    if (!stateless) return;
    json.member("resultType", "complete");
    if (cacheable) json.member("ttlMs", 0).member("cacheScope", "private");
    json.key("_meta").begin_object();
    json.key("io.modelcontextprotocol/serverInfo").raw(server_info).end_object();
}

std::string_view negotiated_version(std::optional<std::string_view> wanted) {
    const auto known = std::ranges::find(session_versions, wanted.value_or(""));
    return known == session_versions.end() ? session_versions.front() : *known;
}

}  // namespace

void NotesServer::handle(const http::Request& request, http::Response& response) {
    if (request.method() != http::Method::post) {
        response.add_field("Allow", "POST");
        return answer_error(response, http::Status::method_not_allowed, nullptr, invalid_request,
                            "Only POST is allowed: this server has no sessions and no streams.");
    }
    const auto document = JsonDocument::parse_carried(request.body());
    if (!document) {
        return answer_error(response, http::Status::bad_request, nullptr, parse_error,
                            document.error().reason);
    }
    const auto version = request.field("MCP-Protocol-Version");
    const bool stateless = version == stateless_version;
    if (version && !stateless &&
        std::ranges::find(session_versions, *version) == session_versions.end()) {
        return answer_error(
            response, http::Status::bad_request, nullptr, unsupported_version,
            "This server speaks 2026-07-28, 2025-11-25, 2025-06-18 and 2025-03-26.");
    }
    if (document->root().is_array()) return answer_batch(document->root(), response);
    answer(document->root(), stateless, response);
}

// JSON-RPC 2.0 §6, which MCP had until 2025-03-26.
void NotesServer::answer_batch(const JsonValue& batch, http::Response& response) {
    const auto messages = batch.elements();
    if (messages.empty() || messages.size() > batch_size_max) {
        return answer_error(response, http::Status::bad_request, nullptr, invalid_request,
                            "A batch must have 1 to 50 messages.");
    }
    std::string answers;
    for (const JsonValue& message : messages) {
        http::Response one;
        answer(message, false, one);
        if (one.body().empty()) continue;  // of a notification
        answers += answers.empty() ? '[' : ',';
        answers += one.body();
    }
    if (answers.empty()) return response.set_status(http::Status::accepted);
    response.add_field("Content-Type", "application/json");
    response.body() = std::move(answers) + ']';
}

void NotesServer::answer(const JsonValue& message, bool stateless, http::Response& response) {
    const auto method = message.find_string("method");
    const auto id = message.find("id");
    if (!method && (message.find("result") || message.find("error"))) {
        return response.set_status(http::Status::accepted);  // a response: nothing was asked
    }
    if (!method) {
        return answer_error(response, http::Status::bad_request, id ? &*id : nullptr,
                            invalid_request, "A JSON-RPC request must have a method.");
    }
    if (!id) return response.set_status(http::Status::accepted);  // a notification

    const auto params = message.find("params");
    if (*method == "tools/call" && params) return call_tool(*id, *params, stateless, response);
    // A client of both eras may name the newer one in its field and still initialize a session.
    const bool is_initialize = *method == "initialize";
    const bool is_discover = *method == "server/discover" && stateless;
    const bool is_list = *method == "tools/list";
    const bool is_ping = *method == "ping" && !stateless;
    if (!is_initialize && !is_discover && !is_list && !is_ping) {
        const auto status = stateless ? http::Status::not_found : http::Status::ok;
        return answer_error(response, status, &*id, method_not_found, "Method not found");
    }
    JsonWriter json = begin_answer(response, &*id);
    json.key("result").begin_object();
    if (is_initialize) {
        const auto wanted = params ? params->find_string("protocolVersion") : std::nullopt;
        json.member("protocolVersion", negotiated_version(wanted));
        json.key("capabilities").raw(R"({"tools":{}})").key("serverInfo").raw(server_info);
    } else if (is_discover) {
        json.key("supportedVersions").begin_array().value(stateless_version).end_array();
        json.key("capabilities").raw(R"({"tools":{}})");
    } else if (is_list) {
        json.key("tools").raw(tools);
    }
    complete(json, stateless && !is_initialize, is_list || is_discover);
    json.end_object().end_object();
}

void NotesServer::call_tool(const JsonValue& id, const JsonValue& params, bool stateless,
                            http::Response& response) {
    const std::string_view tool = params.find_string("name").value_or("");
    const auto arguments = params.find("arguments");
    const auto argument = [&](std::string_view name) {
        return arguments ? arguments->find_string(name).value_or("") : std::string_view();
    };
    Notes::Outcome outcome;
    if (tool == "list_notes") {
        outcome = notes_.list();
    } else if (tool == "get_note") {
        outcome = notes_.get(argument("id"));
    } else if (tool == "create_note") {
        outcome = notes_.create(argument("id"), argument("text"));
    } else if (tool == "update_note") {
        outcome = notes_.update(argument("id"), argument("text"));
    } else if (tool == "delete_note") {
        outcome = notes_.remove(argument("id"));
    } else {
        return answer_error(response, http::Status::ok, &id, invalid_params, "Unknown tool");
    }
    JsonWriter json = begin_answer(response, &id);
    json.key("result").begin_object().key("content").begin_array().begin_object();
    json.member("type", "text").member("text", outcome ? *outcome : outcome.error());
    json.end_object().end_array().member("isError", !outcome);
    complete(json, stateless, false);
    json.end_object().end_object();
}

}  // namespace sluice::notes
