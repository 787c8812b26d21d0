// HTTP-date (RFC 9110 §5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/clock.h"

namespace sluice::http {

/// Formats at most once a second; a shard keeps one for its Date fields.
class HttpDate {
public:
    /// 29 characters; valid until the next call.
    std::string_view text(WallTime now);

private:
    std::int64_t second_ = -1;
    std::array<char, 32> text_{};
};

}  // namespace sluice::http
