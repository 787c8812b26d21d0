// Writing an error's JSON body.
#include "http/error_response.h"

#include "base/check.h"
#include "base/json_writer.h"
#include "http/service.h"

namespace sluice::http {
namespace {

std::string_view error_code(Status status) {
    switch (status) {
        case Status::not_found:
            return "not_found";
        case Status::method_not_allowed:
            return "method_not_allowed";
        case Status::request_timeout:
            return "request_timeout";
        case Status::too_many_requests:
            return "too_many_requests";
        case Status::version_not_supported:
            return "invalid_request";
        case Status::not_implemented:
            return "not_implemented";
        case Status::bad_gateway:
            return "bad_gateway";
        case Status::service_unavailable:
            return "temporarily_unavailable";
        case Status::gateway_timeout:
            return "gateway_timeout";
        default:
            return code(status) < 500 ? "invalid_request" : "server_error";
    }
}

}  // namespace

void write_error(Response& response, Status status, std::string_view error,
                 std::string_view description) {
    CHECK(code(status) >= 400 && !error.empty(), error);
    response.set_status(status);
    response.add_field("Content-Type", "application/json");
    response.add_field("Cache-Control", "no-store");
    response.body().clear();
    JsonWriter(response.body())
        .begin_object()
        .member("error", error)
        .member("error_description", description)
        .end_object();
}

void write_error(Response& response, const ParseError& error) {
    write_error(response, error.status, error_code(error.status), error.description);
}

void Service::refuse(const Request&, const ParseError& error, Response& response) {
    write_error(response, error);
}

}  // namespace sluice::http
