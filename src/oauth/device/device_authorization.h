// Device authorization response (RFC 8628 §3.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"

namespace sluice::oauth {

struct DeviceAuthorization {
    std::string device_code;
    std::string user_code;
    std::string verification_uri;
    std::optional<std::string> verification_uri_complete;  // nothing: the address with the code
    std::int64_t expires_in_s = 0;
    std::int64_t interval_s = 0;
};

/// 32 random bytes as 64 hexadecimal digits.
std::string make_device_code(Random& random);

/// `verification_uri` with the parameter `code` behind its query, and its fragment kept (§3.3.1).
std::string complete_verification_uri(std::string_view verification_uri,
                                      std::string_view user_code);

/// The response's body.
std::string to_json(const DeviceAuthorization& authorization);

}  // namespace sluice::oauth
