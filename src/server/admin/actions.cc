// What operators do: each a POST of JSON that brings back the session's token.
#include <algorithm>

#include "base/json.h"
#include "http/error_response.h"
#include "http/media_type.h"
#include "server/admin/admin_service.h"

namespace sluice::server {
namespace {

void refuse(http::Response& response, http::Status status, std::string_view error,
            std::string_view description) {
    http::write_error(response, status, error, description);
}

}  // namespace

std::optional<std::string> AdminService::authorize_action(http::Exchange& exchange) {
    const http::Request& request = exchange.request();
    const auto cookie = Operators::find_cookie(request);
    const std::string_view token = request.field("Sluice-Form-Token").value_or("");
    if (!cookie || !operators_.is_form_token(token, *cookie)) {
        refuse(exchange.response(), http::Status::forbidden, "wrong_token",
               "Sluice-Form-Token is not of this session.");
        return std::nullopt;
    }
    if (!http::is_media_type(request.field("Content-Type").value_or(""), "application/json")) {
        refuse(exchange.response(), http::Status::unsupported_media_type, "invalid_request",
               "The body has to be JSON.");
        return std::nullopt;
    }
    return *operators_.signed_in(request);
}

io::Task<void> AdminService::forgive(http::Exchange& exchange) {
    http::Response& response = exchange.response();
    const auto name = authorize_action(exchange);
    if (!name) co_return;
    const auto body = JsonDocument::parse(exchange.request().body());
    if (!body) {
        co_return refuse(response, http::Status::bad_request, "invalid_request",
                         body.error().reason);
    }
    const JsonValue root = body->root();
    const std::string path(root.find_string("resource").value_or(""));
    const std::string client_id(root.find_string("client_id").value_or(""));
    const std::string subject(root.find_string("subject").value_or(""));
    const auto& resources = watch_.resources().resources;
    const auto resource = std::ranges::find(resources, path, &resource::ResourceSettings::path);
    if (resource == resources.end() || client_id.empty()) {
        co_return refuse(response, http::Status::bad_request, "invalid_request",
                         "resource and client_id name nothing that is known");
    }
    const auto place = static_cast<std::size_t>(resource - resources.begin());
    co_await watch_.forgive({place, client_id, subject});
    log_.line(LogLevel::info, shard_.wall_now(), "forgiven")
        .add("request_id", exchange.request().id())
        .add("operator", *name)
        .add("resource", path)
        .add("client_id", client_id)
        .add("subject", subject);
    response.set_status(http::Status::no_content);
}

}  // namespace sluice::server
