// Redis settings: which server, and for how long to wait for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/secret.h"
#include "crypto/tls_client_context.h"

namespace sluice::storage {

/// Checked values; immutable while shards run.
struct RedisSettings {
    std::string host;  // a name or an IP address, IPv6 without brackets
    std::uint16_t port = 6379;
    std::string username;  // empty: the default user
    Secret password;       // empty: none is asked for
    std::uint32_t database = 0;
    std::optional<crypto::TlsTrust> trust;  // whom to believe over TLS; none: without TLS
    // A command that takes longer is given up: a limit must not slow a request.
    Duration timeout = std::chrono::milliseconds{50};
};

}  // namespace sluice::storage
