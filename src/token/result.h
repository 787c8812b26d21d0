// Token claim errors: what can go wrong with the texts of a token's claims.
#pragma once

#include <expected>
#include <string_view>

#include "base/result.h"

namespace sluice::token {

struct Error {
    std::string_view reason;  // static text, fit for an error_description (RFC 6749 §5.2)
};

template <class T>
using Result = std::expected<T, Error>;

}  // namespace sluice::token
