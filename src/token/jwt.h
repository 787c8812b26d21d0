// JSON Web Token claims (RFC 7519 §4.1): what a verified token says, and when it is valid.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "token/result.h"

namespace sluice::token {

/// Seconds since 1970, perhaps with a fraction (RFC 7519 §2, NumericDate).
using NumericDate = double;

NumericDate to_numeric_date(WallTime time);

/// The registered claims. An empty text or list, or nothing, is a claim that is absent or null.
struct JwtClaims {
    std::string issuer;
    std::string subject;
    std::vector<std::string> audience;
    std::optional<NumericDate> expires_at;
    std::optional<NumericDate> not_before;
    std::optional<NumericDate> issued_at;
    std::string token_id;  // jti

    /// Errors: no object, or a claim of another type than RFC 7519 gives it: `aud` is a text or an
    /// array of texts, times are numbers (a number written as a text is refused).
    static Result<JwtClaims> parse(const JsonValue& payload);

    bool is_for(std::string_view audience) const;  // exactly, character by character
};

/// Whether `now` lies in the time that the claims give, when clocks differ by up to `leeway`. A
/// claim that is absent bounds nothing.
/// Errors: exp is past, nbf is to come, iat is to come.
Result<void> check_times(const JwtClaims& claims, NumericDate now, Seconds leeway);

}  // namespace sluice::token
