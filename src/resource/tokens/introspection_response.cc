#include "resource/tokens/introspection_response.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/result.h"

namespace sluice::resource {
namespace {

constexpr std::uint64_t retry_seconds_max = 60;

TokenError unavailable(std::optional<std::string_view> retry_after) {
    const std::uint64_t seconds = retry_after ? parse_decimal(*retry_after).value_or(1) : 1;
    return {TokenFault::unavailable,
            Seconds(std::clamp<std::uint64_t>(seconds, 1, retry_seconds_max))};
}

/// Whether the answer says that the token is no access token that its bearer may show: another
/// token_type (RFC 7662 §2.2), or a refresh token by the members that several servers add.
bool is_no_access_token(const token::TokenInfo& info, std::string_view body) {
    if (!info.token_type.empty() && !equal_ignoring_case(info.token_type, "Bearer")) return true;
    const auto document = JsonDocument::parse_carried(body);
    if (!document) return true;
    const auto says_refresh = [&](std::string_view member) {
        const auto text = document->root().find_string(member);
        return text && to_lower(*text).find("refresh") != std::string::npos;
    };
    return says_refresh("token_use") || says_refresh("typ");
}

}  // namespace

std::expected<token::TokenInfo, TokenError> read_introspection_answer(
    http::Status status, std::optional<std::string_view> retry_after, std::string_view body) {
    if (status != http::Status::ok) return failure(unavailable(retry_after));
    auto info = token::parse_introspection_json(body);
    if (!info && info.error().concerns_token) {
        return failure(TokenError{.fault = TokenFault::inactive, .detail = info.error().reason});
    }
    if (!info) return failure(unavailable({}));
    if (!*info || is_no_access_token(**info, body)) {
        return failure(TokenError{TokenFault::inactive});
    }
    return **std::move(info);
}

}  // namespace sluice::resource
