// PostgreSQL settings: what an engine has to be told.
#pragma once

#include <cstddef>

#include "base/clock.h"
#include "base/secret.h"

namespace sluice::storage {

struct PostgresSettings {
    Secret url;  // postgresql://… or key=value pairs, as libpq takes them
    unsigned connections_per_shard = 4;
    Duration connect_timeout = std::chrono::seconds{5};    // for one attempt
    Duration statement_timeout = std::chrono::seconds{5};  // how long one call may take
    std::size_t waiting_max = 4096;  // calls a shard holds; one more is refused as overloaded
    Duration staleness_max = std::chrono::seconds{60};  // how long memory is believed unchecked
    Duration revocations_kept = std::chrono::hours{1};  // for boxes that were away; at least
    Duration access_token_ttl = std::chrono::hours{1};  // for the widths of partitions
    Duration refresh_token_ttl = std::chrono::hours{24 * 30};  // likewise
    bool plain_tokens = false;  // also keep tokens where a Python server reads them, as text
};

}  // namespace sluice::storage
