// Redis URL: redis://[user][:password]@host[:port][/database], rediss:// for TLS.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "storage/redis/redis_settings.h"

namespace sluice::config {

struct RedisUrl {
    storage::RedisSettings settings;  // without trust
    bool secure = false;              // rediss
};

/// Errors: what is wrong, without any part of the text, since a password may be in it.
std::expected<RedisUrl, std::string> parse_redis_url(std::string_view text);

}  // namespace sluice::config
