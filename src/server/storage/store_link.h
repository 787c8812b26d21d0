// What the store tells a shard: to the authorization server what is about tokens, to the log the
// rest.
#pragma once

#include <optional>

#include "base/log.h"
#include "io/shard.h"
#include "oauth/authorization_server.h"
#include "server/storage/fatal_end.h"
#include "storage/store.h"

namespace sluice::server {

class StoreLink final : public storage::StoreListener {
public:
    StoreLink(io::Shard& shard, Log& log, FatalEnd& fatal_end)
        : shard_(shard), log_(log), fatal_end_(fatal_end) {}

    /// Before the shards run. auth  Null: this process is no authorization server.
    void tell(oauth::AuthorizationServer* auth) { auth_ = auth; }

    void on_revoked(token::GrantTag tag) override;
    void on_trust(MonotonicTime until) override;
    void on_state(storage::StoreState state, std::string_view detail) override;

private:
    io::Shard& shard_;
    Log& log_;
    FatalEnd& fatal_end_;
    oauth::AuthorizationServer* auth_ = nullptr;
    std::optional<storage::StoreState> told_;  // in the log
};

}  // namespace sluice::server
