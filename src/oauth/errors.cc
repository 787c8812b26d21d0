// Names, statuses and the JSON form of errors.
#include "oauth/errors.h"

#include <algorithm>

#include "base/check.h"
#include "base/json_writer.h"

namespace sluice::oauth {

std::string_view to_text(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_request:
            return "invalid_request";
        case ErrorCode::invalid_client:
            return "invalid_client";
        case ErrorCode::invalid_grant:
            return "invalid_grant";
        case ErrorCode::unauthorized_client:
            return "unauthorized_client";
        case ErrorCode::unsupported_grant_type:
            return "unsupported_grant_type";
        case ErrorCode::unsupported_response_type:
            return "unsupported_response_type";
        case ErrorCode::invalid_scope:
            return "invalid_scope";
        case ErrorCode::access_denied:
        case ErrorCode::device_denied:
            return "access_denied";
        case ErrorCode::authorization_pending:
            return "authorization_pending";
        case ErrorCode::slow_down:
            return "slow_down";
        case ErrorCode::expired_token:
            return "expired_token";
        case ErrorCode::server_error:
            return "server_error";
        case ErrorCode::busy:
        case ErrorCode::rate_limited:
            return "temporarily_unavailable";
        case ErrorCode::invalid_target:
            return "invalid_target";
        case ErrorCode::invalid_redirect_uri:
            return "invalid_redirect_uri";
        case ErrorCode::invalid_client_metadata:
            return "invalid_client_metadata";
        case ErrorCode::invalid_token:
        case ErrorCode::registration_not_authorized:
            return "invalid_token";
        case ErrorCode::request_not_supported:
            return "request_not_supported";
        case ErrorCode::request_uri_not_supported:
            return "request_uri_not_supported";
        case ErrorCode::login_required:
            return "login_required";
        case ErrorCode::consent_required:
            return "consent_required";
    }
    return "server_error";
}

http::Status status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_client:
        case ErrorCode::invalid_token:
        case ErrorCode::registration_not_authorized:
            return http::Status::unauthorized;
        case ErrorCode::access_denied:
            return http::Status::forbidden;
        case ErrorCode::server_error:
            return http::Status::internal_server_error;
        case ErrorCode::busy:
            return http::Status::service_unavailable;
        case ErrorCode::rate_limited:
            return http::Status::too_many_requests;
        default:
            return http::Status::bad_request;
    }
}

std::string describable(std::string_view text) {
    std::string clean(text.substr(0, 200));
    std::ranges::replace_if(
        clean, [](char c) { return c < 0x20 || c > 0x7e || c == '"' || c == '\\' || c == '='; },
        '?');
    return clean;
}

void forbid_storing(http::Response& response) {
    response.add_field("Cache-Control", "no-store");
    response.add_field("Pragma", "no-cache");
}

void write_json_error(http::Response& response, const Error& error) {
    CHECK((error.code != ErrorCode::busy && error.code != ErrorCode::rate_limited) ||
              error.retry_after > Seconds{0},
          "who is put off is told for how long");
    response.set_status(status_of(error.code));
    response.add_field("Content-Type", "application/json");
    forbid_storing(response);
    // RFC 9110 §15.5.2: no 401 goes without a challenge, however the client tried.
    const bool must_challenge = status_of(error.code) == http::Status::unauthorized;
    if (error.challenge == Challenge::basic ||
        (must_challenge && error.challenge == Challenge::none)) {
        response.add_field("WWW-Authenticate", R"(Basic realm="OAuth client", charset="UTF-8")");
    } else if (error.challenge == Challenge::bearer) {
        response.add_field("WWW-Authenticate", error.code == ErrorCode::invalid_token
                                                   ? R"(Bearer error="invalid_token")"
                                                   : "Bearer");
    }
    if (error.retry_after > Seconds{0}) {
        response.add_field("Retry-After", std::to_string(error.retry_after.count()));
    }
    response.body().clear();
    JsonWriter json(response.body());
    json.begin_object().member("error", to_text(error.code));
    if (!error.description.empty()) {
        json.member("error_description", std::string_view(error.description));
    }
    json.end_object();
}

}  // namespace sluice::oauth
