// Registration garbage collection: which registered clients are in use, so that the others can be
// forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "storage/text_hash.h"

namespace sluice::oauth {

/// Kept on each client's owner shard. A client that nobody has consented to is cheap to make, so
/// their number is bounded; one that somebody has consented to only goes after a long silence.
/// Whoever registers many displaces their own: a client is safe for the time that a person needs
/// to sign in, unless its address has registered most of those that wait.
class RegistrationLedger {
public:
    static constexpr Duration safe_time = std::chrono::minutes{10};  // from its registration

    struct Bounds {
        std::size_t unused_max = 0;
        Duration silence_max{};
    };

    RegistrationLedger(const Bounds& bounds, std::uint64_t hash_seed)
        : bounds_(bounds),
          places_(storage::make_text_map<Entries::iterator>(hash_seed)),
          unused_of_(storage::make_text_map<std::size_t>(hash_seed)) {}

    /// Notes a registration, of a known client too.
    /// address  Who registers: address_key().
    /// Returns  the clients to forget, on every shard: the least recently used first.
    std::vector<std::string> add(std::string_view client_id, std::string_view address,
                                 MonotonicTime now);
    /// It was used at /authorize or /token. Nothing happens for one that is not in the ledger.
    void touch(std::string_view client_id, MonotonicTime now);
    /// Somebody has consented to it.
    void keep(std::string_view client_id, MonotonicTime now);

private:
    struct Entry {
        std::string client_id;
        std::string address;  // of who registered it first
        MonotonicTime registered;
        MonotonicTime last_use;
        bool consented = false;
    };
    using Entries = std::list<Entry>;

    Entries& list_of(const Entry& entry) { return entry.consented ? consented_ : unused_; }
    void drop(Entries::iterator entry, std::vector<std::string>& dropped);
    void leave_unused(const Entry& entry);
    Entries::iterator to_displace(MonotonicTime now);

    Bounds bounds_;
    Entries unused_;     // least recently used first
    Entries consented_;  // least recently used first
    storage::TextMap<Entries::iterator> places_;
    storage::TextMap<std::size_t> unused_of_;  // how many of unused_ an address has registered
};

}  // namespace sluice::oauth
