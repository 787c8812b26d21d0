// Rotation of signing keys: reads them from the store again and again, makes the next one when its
// time has come, and gives all of them to every shard.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/log.h"
#include "io/cancel.h"
#include "io/shard.h"
#include "oauth/settings.h"
#include "oauth/signing_keys.h"
#include "server/storage/sealing.h"
#include "storage/store.h"

namespace sluice::server {

/// On shard 0.
class SigningKeyKeeper {
public:
    struct Parts {
        io::Shard& shard;
        storage::Store& store;
        Log& log;
        const oauth::Settings& settings;
        std::function<std::shared_ptr<const Sealing>()> sealing;  // as it is now
        /// Gives the keys to every shard; a task of shard 0.
        std::function<io::Task<void>(std::shared_ptr<const oauth::SigningKeys>)> hand_out;
    };
    explicit SigningKeyKeeper(Parts parts) : parts_(std::move(parts)) {}
    SigningKeyKeeper(const SigningKeyKeeper&) = delete;
    SigningKeyKeeper& operator=(const SigningKeyKeeper&) = delete;

    /// What another box or `sluice keys rotate` makes is known here after this time, and used only
    /// after published_ahead.
    static constexpr Duration look_interval = std::chrono::seconds{60};

    /// Until `scope` is cancelled, once the server's other keys are handed out.
    io::Task<void> run(io::CancelScope& scope);

private:
    /// False: not now.
    io::Task<bool> look();

    Parts parts_;
    std::string known_;  // the set as it was handed out
};

}  // namespace sluice::server
