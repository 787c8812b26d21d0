// Signing keys in storage (key rotation): one sealed document each, so that boxes which rotate at
// once agree on one.
#pragma once

#include <cstdint>
#include <expected>
#include <vector>

#include "base/random.h"
#include "io/task.h"
#include "oauth/settings.h"
#include "oauth/signing_keys.h"
#include "server/storage/sealing.h"
#include "server/storage/server_keys.h"
#include "storage/store.h"

namespace sluice::server {

/// The keys that are stored, in the order of their making. Those that are over are dropped, and
/// where the next one is due it is made. What a former sealing key has sealed is sealed anew.
/// All arguments live until the task ends. now  Seconds since 1970.
/// Errors: as load_server_keys(); away also where another box has just made the next one.
io::Task<std::expected<std::vector<oauth::SigningKeyRecord>, KeysFault>> load_signing_keys(
    storage::Store& store, const Sealing& sealing, Random& random, const oauth::Settings& settings,
    std::int64_t now);

/// Makes the next key now, whatever its time: published at once, used after published_ahead.
/// Errors: as above.
io::Task<std::expected<oauth::SigningKeyRecord, KeysFault>> rotate_signing_keys(
    storage::Store& store, const Sealing& sealing, Random& random, const oauth::Settings& settings,
    std::int64_t now);

}  // namespace sluice::server
