// Status codes of HTTP (RFC 9110 §15) that Sluice sends or reads.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::http {

/// A status code. Named values are those that Sluice sends itself; an upstream's answer may hold
/// any other number from 100 to 599.
enum class Status : std::uint16_t {
    continue_ = 100,
    ok = 200,
    created = 201,
    accepted = 202,
    no_content = 204,
    found = 302,
    see_other = 303,
    not_modified = 304,
    bad_request = 400,
    unauthorized = 401,
    forbidden = 403,
    not_found = 404,
    method_not_allowed = 405,
    not_acceptable = 406,
    request_timeout = 408,
    conflict = 409,
    gone = 410,
    length_required = 411,
    content_too_large = 413,
    uri_too_long = 414,
    unsupported_media_type = 415,
    expectation_failed = 417,
    misdirected_request = 421,
    too_many_requests = 429,
    header_fields_too_large = 431,
    internal_server_error = 500,
    not_implemented = 501,
    bad_gateway = 502,
    service_unavailable = 503,
    gateway_timeout = 504,
    version_not_supported = 505,
};

constexpr int code(Status status) {
    return static_cast<int>(status);
}

/// The phrase of RFC 9110 §15 for the status line; empty for a code without a name here.
std::string_view reason_phrase(Status status);

/// Answers with this status never have a body, whatever their fields say (RFC 9112 §6.3).
constexpr bool forbids_body(Status status) {
    return code(status) < 200 || status == Status::no_content || status == Status::not_modified;
}

}  // namespace sluice::http
