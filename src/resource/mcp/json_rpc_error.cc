#include "resource/mcp/json_rpc_error.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/json_writer.h"

namespace sluice::resource {
namespace {

void write_error(JsonWriter& json, std::string_view id, const RpcFailure& failure) {
    CHECK(failure.code != RpcCode{} && !failure.message.empty());
    json.begin_object().member("jsonrpc", "2.0");
    if (!id.empty()) json.key("id").raw(id);
    json.key("error").begin_object();
    json.member("code", static_cast<int>(failure.code)).member("message", failure.message);
    json.key("data").begin_object();
    // As text: numbers above 2^53 do not survive every JSON reader.
    json.member("error", failure.error)
        .member("request_id", std::string_view(fmt::format("{}", failure.request_id)));
    if (failure.retry_after != 0) json.member("retry_after_seconds", failure.retry_after);
    if (!failure.challenge.empty()) {
        json.key("_meta").begin_object().key("mcp/www_authenticate").begin_array();
        json.value(failure.challenge).end_array().end_object();
    }
    json.end_object().end_object().end_object();
}

}  // namespace

void append_rpc_error(std::string& out, std::string_view id, const RpcFailure& failure) {
    JsonWriter json(out);
    write_error(json, id, failure);
}

void append_rpc_errors(std::string& out, const PostedBody& body, const RpcFailure& failure) {
    if (!body.is_batch()) return append_rpc_error(out, body.messages().front().id, failure);
    JsonWriter json(out);
    json.begin_array();
    // The explanation once: else a small batch could ask for a large answer.
    RpcFailure short_failure = failure;
    short_failure.message = "Refused together with its batch: see the first error of this response";
    short_failure.challenge = {};
    bool any = false;
    for (const Message& message : body.messages()) {
        if (message.kind != Message::Kind::request) continue;
        write_error(json, message.id, any ? short_failure : failure);
        any = true;
    }
    if (!any) write_error(json, "", failure);
    json.end_array();
}

}  // namespace sluice::resource
