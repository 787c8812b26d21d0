// What operators do: each a POST of JSON that brings back the session's token.
#include <algorithm>

#include "admin/admin_service.h"
#include "base/check.h"
#include "base/json.h"
#include "http/error_response.h"
#include "http/media_type.h"

namespace sluice::admin {
namespace {

void write_refusal(http::Response& response, http::Status status, std::string_view error,
                   std::string_view description) {
    http::write_error(response, status, error, description);
}

/// The place of the resource at `path`.
std::optional<std::size_t> find_resource(const resource::Settings& settings,
                                         std::string_view path) {
    const auto found =
        std::ranges::find(settings.resources, path, &resource::ResourceSettings::path);
    if (found == settings.resources.end()) return std::nullopt;
    return static_cast<std::size_t>(found - settings.resources.begin());
}

}  // namespace

std::optional<std::string> AdminService::authorize_action(http::Exchange& exchange) {
    const http::Request& request = exchange.request();
    const auto cookie = Operators::find_cookie(request);
    const std::string_view token = request.field("Sluice-Form-Token").value_or("");
    if (!cookie || !operators_.is_form_token(token, *cookie)) {
        write_refusal(exchange.response(), http::Status::forbidden, "wrong_token",
                      "The Sluice-Form-Token is invalid.");
        return std::nullopt;
    }
    if (!http::is_media_type(request.field("Content-Type").value_or(""), "application/json")) {
        write_refusal(exchange.response(), http::Status::unsupported_media_type, "invalid_request",
                      "The body must be JSON.");
        return std::nullopt;
    }
    CHECK(operators_.signed_in(request) != nullptr, "a route of a session");
    return *operators_.signed_in(request);
}

io::Task<void> AdminService::forgive(http::Exchange& exchange) {
    http::Response& response = exchange.response();
    const auto name = authorize_action(exchange);
    if (!name) co_return;
    const auto body = JsonDocument::parse(exchange.request().body());
    if (!body) {
        co_return write_refusal(response, http::Status::bad_request, "invalid_request",
                                body.error().reason);
    }
    const JsonValue root = body->root();
    const std::string path(root.find_string("resource").value_or(""));
    const std::string client_id(root.find_string("client_id").value_or(""));
    const std::string subject(root.find_string("subject").value_or(""));
    const auto resource = find_resource(collector_.resources(), path);
    if (!resource || client_id.empty()) {
        co_return write_refusal(response, http::Status::bad_request, "invalid_request",
                                "unknown resource or client_id");
    }
    co_await collector_.forgive({*resource, client_id, subject});
    log_.line(LogLevel::info, shard_.wall_now(), "forgiven")
        .add("request_id", exchange.request().id())
        .add("operator", *name)
        .add("resource", path)
        .add("client_id", client_id)
        .add("subject", subject);
    response.set_status(http::Status::no_content);
}

io::Task<void> AdminService::acknowledge(http::Exchange& exchange) {
    http::Response& response = exchange.response();
    const auto name = authorize_action(exchange);
    if (!name) co_return;
    const auto body = JsonDocument::parse(exchange.request().body());
    if (!body) {
        co_return write_refusal(response, http::Status::bad_request, "invalid_request",
                                body.error().reason);
    }
    const std::string path(body->root().find_string("resource").value_or(""));
    const std::string tool(body->root().find_string("tool").value_or(""));
    const auto resource = find_resource(collector_.resources(), path);
    if (!resource || !co_await collector_.acknowledge(*resource, tool)) {
        co_return write_refusal(response, http::Status::not_found, "not_found",
                                "unknown tool change");
    }
    log_.line(LogLevel::info, shard_.wall_now(), "tool_acknowledged")
        .add("request_id", exchange.request().id())
        .add("operator", *name)
        .add("resource", path)
        .add("tool_name", tool);
    response.set_status(http::Status::no_content);
}

}  // namespace sluice::admin
