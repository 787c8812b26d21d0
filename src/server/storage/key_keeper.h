// Key rotation: brings the server's own keys out of the store to every shard, and has them sealed
// anew when the sealing keys change.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/log.h"
#include "base/secret.h"
#include "io/event.h"
#include "io/shard.h"
#include "oauth/keys.h"
#include "server/storage/fatal_error.h"
#include "server/storage/sealing.h"
#include "storage/store.h"

namespace sluice::server {

/// On shard 0.
class KeyKeeper {
public:
    struct Parts {
        io::Shard& shard;
        storage::Store& store;
        Log& log;
        FatalError& fatal_error;
        /// Gives the keys to every shard; a task of shard 0.
        std::function<io::Task<void>(oauth::Keys)> hand_out;
    };
    /// sealing_keys  At least one.
    KeyKeeper(Parts parts, std::span<const Secret> sealing_keys);
    KeyKeeper(const KeyKeeper&) = delete;
    KeyKeeper& operator=(const KeyKeeper&) = delete;

    /// Until `scope` is cancelled. Where the store is away it is asked again and again; where the
    /// stored keys cannot be opened at the start, the process ends.
    io::Task<void> run(io::CancelScope& scope);

    /// Until the keys are handed out; or until `scope` is cancelled.
    io::Task<void> wait_until_handed_out(io::CancelScope& scope);

    /// What seals and opens now.
    std::shared_ptr<const Sealing> sealing() const { return sealing_; }

    /// From now on these seal and open. While run() runs.
    void reseal(std::span<const Secret> sealing_keys);

private:
    /// False: not now.
    io::Task<bool> try_once();
    void refuse();

    Parts parts_;
    std::shared_ptr<const Sealing> sealing_;
    io::Event wanted_;
    io::Event handed_out_;
};

}  // namespace sluice::server
