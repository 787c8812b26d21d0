// JOSE errors (RFC 7515, RFC 7517): why a key, a key set or a signed text is refused.
#pragma once

#include <expected>
#include <string_view>

namespace sluice::crypto {

struct JoseError {
    std::string_view reason;  // static text without quotes, fit for an error_description
};

template <class T>
using JoseResult = std::expected<T, JoseError>;

}  // namespace sluice::crypto
