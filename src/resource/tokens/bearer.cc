#include "resource/tokens/bearer.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/result.h"

namespace sluice::resource {
namespace {

/// RFC 6750 §2.1: 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=". As long as the
/// header may be: some directories put a person's every group into a token.
bool is_b64token(std::string_view text) {
    const auto end = text.find_last_not_of('=');
    return end != std::string_view::npos &&
           std::ranges::all_of(text.substr(0, end + 1), [](char c) {
               return is_alpha(c) || is_digit(c) ||
                      std::string_view("-._~+/").find(c) != std::string_view::npos;
           });
}

}  // namespace

std::expected<std::string_view, BearerFault> parse_bearer(std::string_view authorization) {
    const auto space = authorization.find(' ');
    const std::string_view scheme = authorization.substr(0, space);
    if (!equal_ignoring_case(scheme, "Bearer")) return failure(BearerFault::missing);
    if (space == std::string_view::npos) return failure(BearerFault::malformed);
    // RFC 9110 §11.6.2: 1*SP between scheme and token.
    const std::string_view token = trim(authorization.substr(space));
    if (!is_b64token(token)) return failure(BearerFault::malformed);
    return token;
}

std::expected<std::string_view, BearerFault> find_bearer(const http::Request& request) {
    const auto count = request.field_count("Authorization");
    if (count == 0) return failure(BearerFault::missing);
    if (count > 1) return failure(BearerFault::malformed);
    return parse_bearer(*request.field("Authorization"));
}

}  // namespace sluice::resource
