// Remote JWK Set (RFC 7517 §5): keys that another server publishes, cached by one shard.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "crypto/jwk_set.h"
#include "http/client_error.h"
#include "io/cancel.h"
#include "io/event.h"
#include "io/shard.h"
#include "io/task.h"

namespace sluice::token {

/// Asks when it is asked for keys: once for everybody who waits, again after `fresh_for`, and for a
/// `kid` that it does not know; never more often than each `ask_interval`. The last good set stays
/// while the server is away, for `kept_for`.
class RemoteJwks {
public:
    static constexpr Duration ask_interval = std::chrono::seconds{5};
    static constexpr Duration fresh_for = std::chrono::minutes{5};
    static constexpr Duration kept_for = std::chrono::hours{24};

    /// Gives the set's text; the task does not refer to what may end before this.
    using Fetch = std::function<io::Task<http::ClientResult<std::string>>()>;

    RemoteJwks(io::Shard& shard, Fetch fetch) : shard_(shard), fetch_(std::move(fetch)) {}
    RemoteJwks(const RemoteJwks&) = delete;
    RemoteJwks& operator=(const RemoteJwks&) = delete;

    using Keys = std::shared_ptr<const crypto::JwkSet>;

    /// The keys to verify `jws` with; null where none are known and none can be had now. Whoever
    /// asks first pays for a fetch, whatever becomes of the asker meanwhile; the others wait for it
    /// only where the known keys are of no use to them. This and `jws` live until the task ends.
    /// scope  Ends the wait for a fetch that another asker has begun.
    io::Task<Keys> keys_for(const crypto::Jws& jws, io::CancelScope* scope = nullptr);

    /// Why the last fetch failed, for logs: static text; empty where it did not.
    std::string_view fault() const { return fault_; }
    /// How long there will be no other attempt.
    Seconds retry_after() const;

private:
    Keys known() const { return shard_.now() < kept_until_ ? keys_ : nullptr; }
    bool is_useful_for(const crypto::Jws& jws) const;
    void take(const http::ClientResult<std::string>& text);

    io::Shard& shard_;
    Fetch fetch_;
    Keys keys_;
    MonotonicTime fresh_until_{};
    MonotonicTime kept_until_{};
    MonotonicTime next_ask_{};
    std::string_view fault_;
    std::shared_ptr<io::Event> flight_;  // null: nothing is under way
};

}  // namespace sluice::token
