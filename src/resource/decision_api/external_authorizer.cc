#include "resource/decision_api/external_authorizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.h"
#include "base/json_writer.h"
#include "http/fields.h"
#include "http/media_type.h"
#include "http/target.h"
#include "io/event.h"
#include "resource/decision/friction_result.h"
#include "resource/decision_api/decision_response.h"
#include "resource/gateway/forward.h"
#include "resource/mcp/era.h"
#include "resource/mcp/json_rpc.h"
#include "resource/mcp/justification.h"
#include "resource/tokens/bearer.h"

namespace sluice::resource {
namespace {

constexpr int ok = http::code(http::Status::ok);

/// The path of an original URI in its one normal form; empty where it is none that is served.
std::string path_of(std::string_view uri) {
    if (!uri.starts_with('/')) return {};
    const auto target = http::parse_target(http::Method::get, uri);
    if (!target) return {};
    std::string path(target->path);
    if (target->needs_normalizing && !http::normalize_path(target->path, path)) return {};
    return path;
}

/// The value where the field stands once.
std::string_view single(const http::Request& request, std::string_view name) {
    return request.field_count(name) == 1 ? *request.field(name) : std::string_view();
}

/// What a server behind the proxy takes for a message, it gets in such a request (MCP: POST); one
/// of another kind is passed without a look at its body only where it has none.
bool may_bring_message(http::Method method) {
    return method != http::Method::get && method != http::Method::head &&
           method != http::Method::delete_ && method != http::Method::options;
}

/// application/json in UTF-8: under another charset the server would read other names in the same
/// bytes.
bool is_plain_json(std::string_view type) {
    if (!http::is_media_type(type, "application/json")) return false;
    const auto mark = type.find(';');
    if (mark == std::string_view::npos) return true;
    const std::string_view parameter = trim(type.substr(mark + 1));
    return parameter.empty() || equal_ignoring_case(parameter, "charset=utf-8") ||
           equal_ignoring_case(parameter, "charset=\"utf-8\"");
}

struct Unreadable {
    http::Status status;
    std::string_view words;
};

/// Why the tools that a request calls cannot be read from its body.
std::optional<Unreadable> find_unreadable(const http::Request& request) {
    using http::Status;
    const auto is_on = [&](std::string_view name) {
        return request.field_count(name) > 1 ||
               !equal_ignoring_case(request.field(name).value_or("false"), "false");
    };
    if (is_on("X-Envoy-Auth-Partial-Body")) {
        return Unreadable{Status::content_too_large,
                          "The proxy sent only the beginning of the body"};
    }
    if (request.body().empty()) {
        return Unreadable{Status::bad_request,
                          "The request came without its body, so that nobody knows what it calls: "
                          "let the proxy send the body, or name the tool"};
    }
    if (request.field_count("Content-Type") != 1 ||
        !is_plain_json(*request.field("Content-Type"))) {
        return Unreadable{Status::unsupported_media_type,
                          "The body has to be application/json, said once"};
    }
    if (request.field_count("Content-Encoding") > 1 ||
        !equal_ignoring_case(request.field("Content-Encoding").value_or("identity"), "identity")) {
        return Unreadable{Status::unsupported_media_type, "The body must not have a coding"};
    }
    return std::nullopt;
}

/// Whether what a request may do depends on the tools that it calls.
bool decides_on_tools(const ProtectedResource& resource) {
    const Policy& policy = resource.policy();
    return !policy.is_uniform() || policy.governs_more_than_tools() ||
           resource.settings().friction != nullptr;
}

/// The method of the request that nginx asks about. Its question is a GET unless somebody says
/// otherwise, and never has the body.
bool may_call_tools(const http::Request& request) {
    const auto told = request.field("X-Original-Method");
    if (!told) return may_bring_message(request.method());
    constexpr std::array<std::string_view, 4> harmless = {"GET", "HEAD", "DELETE", "OPTIONS"};
    return request.field_count("X-Original-Method") > 1 ||
           std::ranges::find(harmless, *told) == harmless.end();
}

}  // namespace

/// What the proxy is told.
struct ExternalAuthorizer::Answer {
    explicit Answer(ObjectPool<token::TokenInfo>::Lease lease) : caller(std::move(lease)) {}

    ObjectPool<token::TokenInfo>::Lease caller;
    int status = ok;
    std::string reason;
    std::string message;
    std::string challenge;
    std::uint32_t retry_after_seconds = 0;
    Duration delay{};
    bool has_friction = false;
    friction::Decision friction{};  // of the tool that met most

    bool allowed() const { return status == ok; }

    void refuse(http::Status with, std::string_view code, std::string_view words) {
        status = http::code(with);
        reason = code;
        message = words;
    }
    void take(const Denial& denial) {
        refuse(denial.status, denial.code, denial.message);
        challenge = denial.challenge;
        retry_after_seconds = static_cast<std::uint32_t>(denial.retry_after.count());
    }
    void take(const Verdict& verdict, std::string_view tool) {
        const Decision& decision = verdict.decision;
        delay = std::max(delay, decision.delay);
        if (decision.has_friction && decision.friction.friction >= friction.friction) {
            has_friction = true;
            friction = decision.friction;
        }
        if (verdict.denial) return take(*verdict.denial);
        if (decision.allowed()) return;
        status = status_of(decision);
        reason = reason_of(decision);
        message = view(friction_text(tool, decision));
        retry_after_seconds = decision.friction.retry_after_seconds;
    }

    void write(http::Response& response, http::Status with) const {
        response.set_status(with);
        response.add_field("Cache-Control", "no-store");
        if (has_friction) {
            response.add_field("X-Sluice-Friction", fmt::format("{:.3f}", friction.friction));
            response.add_field("X-Sluice-Friction-Level", friction::level_name(friction.level));
        }
        if (allowed()) {
            response.add_field("X-Sluice-Subject", header_safe(caller->subject));
            response.add_field("X-Sluice-Client", header_safe(caller->client_id));
            response.add_field("X-Sluice-Scopes", caller->scope.text());
            return;
        }
        response.add_field("Content-Type", "application/json");
        response.add_field("X-Sluice-Status", fmt::format("{}", status));
        response.add_field("X-Sluice-Reason", reason);
        if (!challenge.empty()) response.add_field("WWW-Authenticate", challenge);
        if (retry_after_seconds > 0) {
            response.add_field("Retry-After", fmt::format("{}", retry_after_seconds));
        }
        JsonWriter json(response.body());
        json.begin_object()
            .member("error", std::string_view(reason))
            .member("error_description", std::string_view(message));
        if (retry_after_seconds > 0) json.member("retry_after_seconds", retry_after_seconds);
        json.end_object();
    }
};

io::Task<void> ExternalAuthorizer::answer_nginx(http::Exchange& exchange,
                                                token::ResourceRights rights) {
    const http::Request& request = exchange.request();
    Answer answer(service_.lease_caller());
    const std::string path = path_of(single(request, "X-Original-URI"));
    co_await judge(exchange, Asker::nginx, rights, path, answer);
    if (answer.allowed()) co_return answer.write(exchange.response(), http::Status::ok);
    const auto status = static_cast<http::Status>(answer.status);
    if (http::code(status) >= 500) co_return answer.write(exchange.response(), status);
    const bool unauthorized = !answer.challenge.empty() && status != http::Status::forbidden;
    answer.write(exchange.response(),
                 unauthorized ? http::Status::unauthorized : http::Status::forbidden);
}

io::Task<void> ExternalAuthorizer::answer_envoy(http::Exchange& exchange,
                                                token::ResourceRights rights) {
    std::string_view path = exchange.request().path();
    path.remove_prefix(std::min(envoy_prefix.size(), path.size()));
    Answer answer(service_.lease_caller());
    co_await judge(exchange, Asker::envoy, rights, path.empty() ? "/" : path, answer);
    answer.write(exchange.response(), static_cast<http::Status>(answer.status));
}

io::Task<void> ExternalAuthorizer::judge(http::Exchange& exchange, Asker asker,
                                         const token::ResourceRights& rights, std::string_view path,
                                         Answer& answer) {
    const http::Request& request = exchange.request();
    for (const std::string_view field : {"Sluice-Resource", "Sluice-Tool"}) {
        if (request.field_count(field) < 2) continue;
        co_return answer.refuse(http::Status::bad_request, "invalid_request",
                                "A field that the proxy sets stands twice");
    }
    const std::string_view name = single(request, "Sluice-Resource");
    const ProtectedResource* const resource =
        name.empty() ? service_.find_resource_at(path) : service_.find_resource(name, rights);
    if (resource == nullptr) {
        co_return answer.refuse(http::Status::internal_server_error, "unknown_resource",
                                "The proxy asks for an unknown resource");
    }
    if (!is_over(rights, *resource)) {
        co_return answer.refuse(http::Status::internal_server_error, "proxy_not_authorized",
                                "The proxy is not authorized for this resource: introspect of its "
                                "client does not name it");
    }
    const std::string_view tool = single(request, "Sluice-Tool");
    if (tool.empty() && asker == Asker::nginx && decides_on_tools(*resource) &&
        may_call_tools(request)) {
        co_return answer.refuse(http::Status::forbidden, "unknown_tool",
                                "The proxy does not say which tool this request calls");
    }
    const bool reads = tool.empty() && asker == Asker::envoy &&
                       (may_bring_message(request.method()) || !request.body().empty() ||
                        !exchange.body_complete());
    if (reads) {
        co_await judge_body(exchange, *resource, answer);
    } else {
        const auto field = request.field(justification_field);
        const std::string said = field ? decode_mirrored(*field).value_or("") : std::string();
        co_await judge_tool(exchange, *resource, tool, said, answer);
    }
    if (!answer.allowed()) co_return;
    co_await io::Sleep(exchange.shard(), answer.delay, &exchange.scope());
}

io::Task<void> ExternalAuthorizer::judge_tool(http::Exchange& exchange,
                                              const ProtectedResource& resource,
                                              std::string_view tool, std::string_view justification,
                                              Answer& answer, const Message* message) {
    const auto bearer = find_bearer(exchange.request());
    if (!bearer && bearer.error() == BearerFault::malformed) {
        co_return answer.take(denial_of_malformed_credentials(resource));
    }
    DecisionRequest request{
        .tool = tool, .token = bearer.value_or(""), .justification = justification};
    if (message != nullptr) {
        request.method = message->method;
        request.arguments = {true, message->arguments};
    }
    if (tool.size() > DecisionRequest::name_bytes_max) {
        co_return answer.refuse(http::Status::bad_request, "invalid_request",
                                "The tool name exceeds 256 bytes");
    }
    const DecisionService::Question question{.resource = resource,
                                             .request = request,
                                             .exchange = exchange,
                                             .name_is_unproven = message != nullptr};
    answer.take(co_await service_.judge(question, *answer.caller), tool);
}

io::Task<void> ExternalAuthorizer::judge_body(http::Exchange& exchange,
                                              const ProtectedResource& resource, Answer& answer) {
    // First the token alone, whatever the body is.
    co_await judge_tool(exchange, resource, "", "", answer);
    if (!answer.allowed()) co_return;
    if (!exchange.body_complete()) {
        const auto read = co_await exchange.read_body();
        if (!read) {
            co_return answer.refuse(read.error().status, "invalid_request",
                                    read.error().description);
        }
    }
    if (const auto fault = find_unreadable(exchange.request())) {
        co_return answer.refuse(fault->status, "unreadable_body", fault->words);
    }
    const auto body = PostedBody::parse(exchange.request().body());
    if (!body) {
        co_return answer.refuse(http::Status::bad_request, "invalid_request", body.error().message);
    }
    const auto field = exchange.request().field(justification_field);
    const std::string said = field ? decode_mirrored(*field).value_or("") : std::string();
    for (const Message& message : body->messages()) {
        if (!answer.allowed()) co_return;
        if (!message.is_tool_call() && !is_governed_method(message.method)) continue;
        const std::string_view own = trim_justification(message.justification);
        co_await judge_tool(exchange, resource, message.object, own.empty() ? said : own, answer,
                            &message);
    }
}

}  // namespace sluice::resource
