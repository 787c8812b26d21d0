#include "resource/mcp/json_rpc.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.h"
#include "base/check.h"
#include "base/result.h"
#include "resource/mcp/justification.h"
#include "resource/mcp/raw_json.h"

namespace sluice::resource {
namespace {

constexpr std::string_view version_key = "io.modelcontextprotocol/protocolVersion";

constexpr std::array<std::string_view, 4> message_keys = {"jsonrpc", "id", "method", "params"};
constexpr std::array<std::string_view, 5> params_keys = {"name", "uri", "_meta", "arguments",
                                                         "ref"};

/// Letters beyond ASCII that some reader takes for one of ASCII when it ignores case: LATIN SMALL
/// LETTER LONG S, KELVIN SIGN, I WITH DOT ABOVE, DOTLESS I.
struct Fold {
    std::string_view bytes;
    char letter;
};
constexpr std::array<Fold, 4> folds = {
    {{"\xc5\xbf", 's'}, {"\xe2\x84\xaa", 'k'}, {"\xc4\xb0", 'i'}, {"\xc4\xb1", 'i'}}};

bool equals_folded(std::string_view key, std::string_view lower) {
    for (const char letter : lower) {
        if (key.empty()) return false;
        const auto fold = std::ranges::find_if(
            folds, [&](const Fold& one) { return key.starts_with(one.bytes); });
        if ((fold == folds.end() ? to_lower(key.front()) : fold->letter) != letter) return false;
        key.remove_prefix(fold == folds.end() ? 1 : fold->bytes.size());
    }
    return key.empty();
}

/// Whether a server that matches keys ignoring case, as some libraries do, would read `key` as one
/// of `names` although it is none of them.
bool poses_as(std::string_view key, std::span<const std::string_view> names) {
    return std::ranges::any_of(
        names, [&](std::string_view name) { return key != name && equals_folded(key, name); });
}

/// The members of a JSON-RPC message that matter here, with the id's own text.
struct Parts {
    std::optional<JsonValue> version;
    std::optional<JsonValue> id;
    std::string_view id_text;
    std::optional<JsonValue> method;
    std::optional<JsonValue> params;
    bool answers = false;  // has a result or an error
    bool has_error = false;
    bool poses = false;  // has a key that others may read as one of message_keys
};

Parts take_apart(const JsonValue& object, std::string_view text) {
    Parts parts;
    std::size_t index = 0;
    object.for_each_member([&](std::string_view key, const JsonValue& value) {
        if (poses_as(key, message_keys)) parts.poses = true;
        if (key == "jsonrpc") parts.version = value;
        if (key == "method") parts.method = value;
        if (key == "params") parts.params = value;
        if (key == "result" || key == "error") parts.answers = true;
        if (key == "error") parts.has_error = true;
        if (key == "id") {
            parts.id = value;
            parts.id_text = find_raw_json(text, index);
        }
        ++index;
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

std::string_view find_text(const std::optional<JsonValue>& object, std::string_view key) {
    return object ? object->find_string(key).value_or("") : std::string_view();
}

std::string_view name_member(std::string_view method) {
    if (method == "tools/call" || method == "prompts/get") return "name";
    return method == "resources/read" ? "uri" : "";
}

/// What a message is about, as rules look at it.
std::string_view find_object(const Message& message, const JsonValue& params) {
    if (!message.name.empty()) return message.name;
    if (message.method == "resources/subscribe" || message.method == "resources/unsubscribe") {
        return params.find_string("uri").value_or("");
    }
    if (message.method != "completion/complete") return {};
    const auto ref = params.find("ref");
    const std::string_view name = find_text(ref, "name");
    return name.empty() ? find_text(ref, "uri") : name;
}

/// A server that keeps its texts as C does would end them at a NUL, and so read another name than
/// the one that was decided on.
bool holds_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::expected<void, RpcError> check_params(const JsonValue& params, std::string_view id) {
    if (!params.is_object() && !params.is_array()) {
        return failure(
            RpcError{RpcCode::invalid_request, "params must be an object or an array", id});
    }
    bool poses = false;
    params.for_each_member([&poses](std::string_view key, const JsonValue&) {
        poses = poses || poses_as(key, params_keys);
    });
    if (poses) {
        return failure(RpcError{
            RpcCode::invalid_request,
            "params has a key that differs from name, uri, arguments, ref or _meta in case "
            "only",
            id});
    }
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
    if (parts.params) REQUIRE(check_params(*parts.params, message.id));
    const std::string_view member = name_member(message.method);
    if (!member.empty()) message.name = find_text(parts.params, member);
    REQUIRE(check_name(message, member));
    if (parts.params) {
        const auto meta = parts.params->find("_meta");
        message.protocol_version = find_text(meta, version_key);
        message.justification = find_text(meta, justification_key);
        message.object = find_object(message, *parts.params);
        if (member == "name") message.arguments = parts.params->find("arguments");
    }
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

std::expected<Message, RpcError> read_message(const JsonValue& value, std::string_view text) {
    if (!value.is_object()) {
        return failure(RpcError{RpcCode::invalid_request, "a message must be a JSON object", ""});
    }
    const Parts parts = take_apart(value, text);
    if (!has_good_id(parts)) {
        return failure(
            RpcError{RpcCode::invalid_request, "an id must be a string or a number", ""});
    }
    Message message{.text = text, .id = parts.id_text};
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

std::string_view trim_json(std::string_view text) {
    const auto start = text.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos) return {};
    return text.substr(start, text.find_last_not_of(" \t\r\n") - start + 1);
}

}  // namespace

std::expected<PostedBody, RpcError> PostedBody::parse(std::string_view text) {
    // RFC 8259 §8.1 forbids a byte order mark; the reader would skip it.
    if (text.starts_with("\xef\xbb\xbf")) {
        return failure(
            RpcError{RpcCode::parse_error, "the body begins with a byte order mark", ""});
    }
    auto document = JsonDocument::parse(text);
    if (!document) return failure(RpcError{RpcCode::parse_error, document.error().reason, ""});
    PostedBody body(*std::move(document));
    const JsonValue root = body.document_->root();
    if (!root.is_array()) {
        TRY(body.single_, read_message(root, trim_json(text)));
        return body;
    }
    body.is_batch_ = true;
    const auto elements = root.elements();
    if (elements.empty() || elements.size() > batch_size_max) {
        return failure(
            RpcError{RpcCode::invalid_request, "a batch must have 1 to 256 messages", ""});
    }
    const auto texts = split_raw_json(text);
    CHECK(texts.size() == elements.size(), "both readers see the same messages");
    for (std::size_t i = 0; i < elements.size(); ++i) {
        TRY(Message message, read_message(elements[i], texts[i]));
        body.batch_.push_back(message);
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
