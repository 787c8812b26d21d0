#include "resource/mcp/json_rpc.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <optional>

#include "base/check.h"
#include "base/result.h"
#include "resource/mcp/decided_keys.h"
#include "resource/mcp/justification.h"

namespace sluice::resource {
namespace {

constexpr std::string_view batch_bounds = "a batch must have 1 to 256 messages";
constexpr std::string_view version_key = "io.modelcontextprotocol/protocolVersion";

constexpr std::array<std::string_view, 6> message_keys = {"jsonrpc", "id",     "method",
                                                          "params",  "result", "error"};
constexpr std::size_t posed_message_keys = 4;  // the first: what others may be read as
// Behind the first, what friction and tasks go by.
constexpr std::array<std::string_view, 10> params_keys = {
    "name",           "uri",    "_meta", "arguments", "ref", "requestState",
    "inputResponses", "taskId", "task",  "taskIds"};
constexpr std::size_t posed_params_keys = 5;
constexpr std::array<std::string_view, 2> ref_keys = {"name", "uri"};
constexpr std::array<std::string_view, 2> meta_keys = {version_key, justification_key};

/// The members of a JSON-RPC message that matter here.
struct Parts {
    std::optional<JsonValue> version;
    std::optional<JsonValue> id;
    std::optional<JsonValue> method;
    std::optional<JsonValue> params;
    bool answers = false;  // has a result or an error
    bool has_error = false;
    bool poses = false;    // has a key that others may read as one of message_keys
    bool repeats = false;  // has one of message_keys, a result or an error twice
};

Parts take_apart(const JsonValue& object) {
    static constexpr DecidedKeys keys(message_keys);
    Parts parts;
    std::bitset<message_keys.size()> seen;
    object.for_some_members(keys, [&](std::string_view key, const JsonValue& value) {
        const auto match = keys.match(key);
        if (!match) return;
        if (match->poses) {
            parts.poses = parts.poses || match->place < posed_message_keys;
            return;
        }
        parts.repeats = parts.repeats || seen[match->place];
        seen.set(match->place);
        if (key == "jsonrpc") parts.version = value;
        if (key == "id") parts.id = value;
        if (key == "method") parts.method = value;
        if (key == "params" && !value.is_null()) parts.params = value;
        if (key == "result" || key == "error") parts.answers = true;
        if (key == "error") parts.has_error = true;
    });
    return parts;
}

/// JSON-RPC 2.0 §5: an error has the id null where that of the request could not be read. MCP knows
/// no other use of null.
bool has_good_id(const Parts& parts) {
    if (!parts.id) return true;
    const auto kind = parts.id->kind();
    return kind == JsonValue::Kind::string || kind == JsonValue::Kind::number ||
           (parts.id->is_null() && parts.has_error && !parts.method);
}

std::string_view name_member(std::string_view method) {
    if (method == "tools/call" || method == "prompts/get") return "name";
    return method == "resources/read" ? "uri" : "";
}

/// A server that keeps its texts as C does would end them at a NUL, and so read another name than
/// the one that was decided on.
bool holds_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

RpcError repeated(std::string_view id) {
    return {RpcCode::invalid_request, "a key that is decided on stands twice", id};
}

/// What _meta says, into `message`.
std::expected<void, RpcError> read_meta(const JsonValue& meta, Message& message) {
    static constexpr DecidedKeys keys(meta_keys);
    std::bitset<meta_keys.size()> seen;
    bool repeats = false;
    meta.for_some_members(keys, [&](std::string_view key, const JsonValue& value) {
        const auto match = keys.match(key);
        if (!match || match->poses) return;
        repeats = repeats || seen[match->place];
        seen.set(match->place);
        if (key == version_key) message.protocol_version = value.string().value_or("");
        // For people, who are shown that something is missing.
        if (key == justification_key) message.justification = value.readable_string().value_or("");
    });
    if (repeats) return failure(repeated(message.id));
    return {};
}

/// What ref of completion/complete says, into `message`.
std::expected<void, RpcError> read_ref(const JsonValue& ref, Message& message) {
    static constexpr DecidedKeys keys(ref_keys);
    std::bitset<ref_keys.size()> seen;
    bool repeats = false;
    std::array<std::string_view, ref_keys.size()> texts;
    ref.for_some_members(keys, [&](std::string_view key, const JsonValue& value) {
        const auto match = keys.match(key);
        if (!match || match->poses) return;
        repeats = repeats || seen[match->place];
        seen.set(match->place);
        texts[match->place] = value.string().value_or("");
    });
    if (repeats) return failure(repeated(message.id));
    message.object = texts[0].empty() ? texts[1] : texts[0];
    return {};
}

/// The members of params that are decided on.
struct Params {
    std::array<std::optional<JsonValue>, params_keys.size()> values;
    bool poses = false;
    bool repeats = false;

    const std::optional<JsonValue>& find(std::string_view key) const {
        return values[static_cast<std::size_t>(std::ranges::find(params_keys, key) -
                                               params_keys.begin())];
    }
    std::string_view find_text(std::string_view key) const {
        const auto& value = find(key);
        return value ? value->string().value_or("") : std::string_view();
    }
};

Params take_params_apart(const JsonValue& object) {
    static constexpr DecidedKeys keys(params_keys);
    Params params;
    object.for_some_members(keys, [&](std::string_view key, const JsonValue& value) {
        const auto match = keys.match(key);
        if (!match) return;
        if (match->poses) {
            params.poses = params.poses || match->place < posed_params_keys;
            return;
        }
        auto& place = params.values[match->place];
        params.repeats = params.repeats || place.has_value();
        place = value;
    });
    return params;
}

/// What params say, into `message`. named_by  The key of what is called; empty: nothing is.
std::expected<void, RpcError> read_params(const JsonValue& object, std::string_view named_by,
                                          Message& message) {
    if (!object.is_object() && !object.is_array()) {
        return failure(
            RpcError{RpcCode::invalid_request, "params must be an object or an array", message.id});
    }
    const Params params = take_params_apart(object);
    if (params.poses) {
        return failure(RpcError{
            RpcCode::invalid_request,
            "params has a key that differs from name, uri, arguments, ref or _meta in case "
            "only",
            message.id});
    }
    if (params.repeats) return failure(repeated(message.id));
    if (!named_by.empty()) message.name = params.find_text(named_by);
    if (named_by == "name") message.arguments = params.find("arguments");
    message.object = message.name;
    if (message.method == "resources/subscribe" || message.method == "resources/unsubscribe") {
        message.object = params.find_text("uri");
    }
    const auto& ref = params.find("ref");
    if (message.method == "completion/complete" && ref) REQUIRE(read_ref(*ref, message));
    if (const auto& meta = params.find("_meta")) REQUIRE(read_meta(*meta, message));
    return {};
}

std::expected<void, RpcError> check_method(std::string_view method, std::string_view id) {
    if (method.empty()) {
        return failure(RpcError{RpcCode::invalid_request, "method must be a string", id});
    }
    if (method.size() > PostedBody::name_bytes_max) {
        return failure(RpcError{RpcCode::invalid_request, "method exceeds 256 bytes", id});
    }
    if (holds_control(method)) {
        return failure(
            RpcError{RpcCode::invalid_request, "method contains a control character", id});
    }
    return {};
}

/// A uri is bounded by the body alone: no refusal and no log line repeats it.
std::expected<void, RpcError> check_name(const Message& message, std::string_view member) {
    if (member == "name" && message.name.size() > PostedBody::name_bytes_max) {
        return failure(RpcError{RpcCode::invalid_request, "name exceeds 256 bytes", message.id});
    }
    if (holds_control(message.name)) {
        return failure(
            RpcError{RpcCode::invalid_params, "name contains a control character", message.id});
    }
    return {};
}

std::expected<Message, RpcError> read_call(const Parts& parts, Message message) {
    message.method = parts.method->string().value_or("");
    REQUIRE(check_method(message.method, message.id));
    message.kind = parts.id ? Message::Kind::request : Message::Kind::notification;
    const std::string_view named_by = name_member(message.method);
    if (parts.params) REQUIRE(read_params(*parts.params, named_by, message));
    REQUIRE(check_name(message, named_by));
    // Without an id nobody could be told that it was refused, nor a list be recognised.
    if (!parts.id && (message.is_tool_call() || message.is_tool_list())) {
        return failure(RpcError{RpcCode::invalid_request, "this method requires an id", ""});
    }
    if (message.is_tool_call() && message.name.empty()) {
        return failure(RpcError{RpcCode::invalid_params, "tools/call requires the name of a tool",
                                message.id});
    }
    return message;
}

std::expected<Message, RpcError> read_message(const JsonValue& value) {
    if (!value.is_object()) {
        return failure(RpcError{RpcCode::invalid_request, "a message must be a JSON object", ""});
    }
    const Parts parts = take_apart(value);
    if (!has_good_id(parts)) {
        return failure(
            RpcError{RpcCode::invalid_request, "an id must be a string or a number", ""});
    }
    Message message{.text = value.raw(), .id = parts.id ? parts.id->raw() : std::string_view()};
    if (parts.repeats) return failure(repeated(message.id));
    if (parts.poses) {
        return failure(RpcError{RpcCode::invalid_request,
                                "a key differs from jsonrpc, id, method or params in case only",
                                message.id});
    }
    if (!parts.version || parts.version->string() != "2.0") {
        return failure(RpcError{RpcCode::invalid_request, "jsonrpc must be \"2.0\"", message.id});
    }
    if (parts.method && !parts.answers) return read_call(parts, message);
    if (parts.method || !parts.answers) {
        return failure(RpcError{RpcCode::invalid_request,
                                "a message must have a method, or a result or an error",
                                message.id});
    }
    message.kind = Message::Kind::response;
    return message;
}

}  // namespace

std::expected<PostedBody, RpcError> PostedBody::parse(std::string_view text) {
    // RFC 8259 §8.1 forbids a byte order mark; the reader would skip it.
    if (text.starts_with("\xef\xbb\xbf")) {
        return failure(
            RpcError{RpcCode::parse_error, "the body begins with a byte order mark", ""});
    }
    auto document = JsonDocument::parse_carried(text);
    if (!document) return failure(RpcError{RpcCode::parse_error, document.error().reason, ""});
    PostedBody body(*std::move(document));
    const JsonValue root = body.document_->root();
    if (!root.is_array()) {
        TRY(body.single_, read_message(root));
        return body;
    }
    body.is_batch_ = true;
    std::expected<void, RpcError> read;
    root.for_each_element([&](const JsonValue& element) {
        auto message = body.batch_.size() == batch_size_max
                           ? failure(RpcError{RpcCode::invalid_request, batch_bounds, ""})
                           : read_message(element);
        if (message) {
            body.batch_.push_back(*message);
        } else {
            read = failure(message.error());
        }
        return read.has_value();
    });
    REQUIRE(read);
    if (body.batch_.empty()) {
        return failure(RpcError{RpcCode::invalid_request, batch_bounds, ""});
    }
    return body;
}

void PostedBody::forget_document() {
    const auto forget = [](Message& message) {
        message.method = message.name = message.object = {};
        message.arguments.reset();
        message.protocol_version = message.justification = {};
    };
    forget(single_);
    std::ranges::for_each(batch_, forget);
    document_.reset();
}

}  // namespace sluice::resource
