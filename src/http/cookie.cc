// Reading and setting cookies.
#include "http/cookie.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/check.h"
#include "http/fields.h"

namespace sluice::http {
namespace {

bool is_cookie_value(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
    });
}

}  // namespace

std::optional<std::string_view> find_cookie(const Request& request, std::string_view name) {
    for (const Field& field : request.fields()) {
        if (!equal_ignoring_case(field.name, "cookie")) continue;
        std::string_view rest = field.value;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find(';'), rest.size());
            const std::string_view pair = trim(rest.substr(0, end));
            const std::size_t equals = pair.find('=');
            if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
                return pair.substr(equals + 1);
            }
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return std::nullopt;
}

void add_cookie(Response& response, const SetCookie& cookie) {
    CHECK(is_token(cookie.name) && is_cookie_value(cookie.value), cookie.name);
    CHECK(cookie.path.starts_with('/'), cookie.name);
    std::string text;
    text.append(cookie.name).append("=").append(cookie.value);
    text.append("; Path=").append(cookie.path);
    if (cookie.max_age) text.append("; Max-Age=").append(std::to_string(cookie.max_age->count()));
    if (cookie.secure) text += "; Secure";
    if (cookie.http_only) text += "; HttpOnly";
    text.append("; SameSite=").append(cookie.same_site);
    response.add_field("Set-Cookie", text);
}

}  // namespace sluice::http
