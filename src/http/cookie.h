// Cookies (RFC 6265).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace sluice::http {

/// The value of the first cookie of that name in the request's Cookie fields.
std::optional<std::string_view> find_cookie(const Request& request, std::string_view name);

/// A cookie to be set. Name and value hold only cookie octets (RFC 6265 §4.1.1): that is CHECKed.
struct SetCookie {
    std::string_view
        name;  // "__Host-..." demands secure, path "/" and no domain: RFC 6265bis §4.1.3
    std::string_view value;
    std::string_view path = "/";
    std::optional<std::chrono::seconds> max_age;  // nothing: until the browser ends; 0: remove
    bool secure = true;
    bool http_only = true;
    std::string_view same_site = "Lax";
};

/// Adds the Set-Cookie field.
void add_cookie(Response& response, const SetCookie& cookie);

}  // namespace sluice::http
