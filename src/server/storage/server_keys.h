// Server keys (secrets of its own), kept sealed in storage, made once, and the same for every box
// and start.
#pragma once

#include <cstdint>
#include <expected>

#include "base/random.h"
#include "io/task.h"
#include "oauth/keys.h"
#include "server/storage/sealing.h"
#include "storage/store.h"

namespace sluice::server {

enum class KeysFault : std::uint8_t {
    away,             // the store gave no answer: ask again
    sealed_by_other,  // none of the sealing keys opens what is stored
};

/// The keys that are stored. Those that are not there are made; where two boxes do so at once, both
/// have those of the one who was first. What a former sealing key has sealed is sealed anew.
/// All arguments live until the task ends.
io::Task<std::expected<oauth::Keys, KeysFault>> load_server_keys(storage::Store& store,
                                                                 const Sealing& sealing,
                                                                 Random& random);

}  // namespace sluice::server
