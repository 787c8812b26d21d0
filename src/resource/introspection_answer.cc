#include "resource/introspection_answer.h"

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

}  // namespace

std::expected<token::TokenInfo, TokenError> read_introspection_answer(
    http::Status status, std::optional<std::string_view> retry_after, std::string_view body) {
    if (status != http::Status::ok) return failure(unavailable(retry_after));
    auto info = token::parse_introspection_json(body);
    if (!info) return failure(unavailable({}));
    if (!*info) return failure(TokenError{TokenFault::inactive});
    return **std::move(info);
}

}  // namespace sluice::resource
