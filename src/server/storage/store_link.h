// Store events: what the store tells a shard goes to the authorization server (tokens) or to the
// log (the rest).
#pragma once

#include <optional>

#include "base/log.h"
#include "io/shard.h"
#include "oauth/authorization_server.h"
#include "server/storage/fatal_error.h"
#include "storage/store.h"

namespace sluice::server {

class StoreLink final : public storage::StoreListener {
public:
    StoreLink(io::Shard& shard, Log& log, FatalError& fatal_error)
        : shard_(shard), log_(log), fatal_error_(fatal_error) {}

    /// Before the shards run. auth  Null: this process is no authorization server.
    void tell(oauth::AuthorizationServer* auth) { auth_ = auth; }

    void on_revoked(token::GrantTag tag) override;
    void on_trust(MonotonicTime until) override;
    void on_gap() override;
    void on_feed(bool follows, std::string_view detail) override;
    void on_state(storage::StoreState state, std::string_view detail) override;

    /// Whether the store hears of revocations elsewhere; on shard 0 alone. False before it has
    /// told.
    bool follows() const { return follows_.value_or(false); }

private:
    io::Shard& shard_;
    Log& log_;
    FatalError& fatal_error_;
    oauth::AuthorizationServer* auth_ = nullptr;
    std::optional<storage::StoreState> told_;  // in the log
    std::optional<bool> follows_;
};

}  // namespace sluice::server
