// Which registered clients are in use, so that the others can be forgotten.
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
class RegistrationLedger {
public:
    struct Bounds {
        std::size_t unused_max = 0;
        Duration silence_max{};
    };

    RegistrationLedger(const Bounds& bounds, std::uint64_t hash_seed)
        : bounds_(bounds), places_(storage::make_text_map<Entries::iterator>(hash_seed)) {}

    /// Notes a registration, of a known client too.
    /// Returns  the clients to forget, on every shard: the least recently used first.
    std::vector<std::string> add(std::string_view client_id, MonotonicTime now);
    /// It was used at /authorize or /token. Nothing happens for one that is not in the ledger.
    void touch(std::string_view client_id, MonotonicTime now);
    /// Somebody has consented to it.
    void keep(std::string_view client_id, MonotonicTime now);

private:
    struct Entry {
        std::string client_id;
        MonotonicTime last_use;
        bool consented = false;
    };
    using Entries = std::list<Entry>;

    Entries& list_of(const Entry& entry) { return entry.consented ? consented_ : unused_; }
    void drop_oldest(Entries& entries, std::vector<std::string>& dropped);

    Bounds bounds_;
    Entries unused_;     // least recently used first
    Entries consented_;  // least recently used first
    storage::TextMap<Entries::iterator> places_;
};

}  // namespace sluice::oauth
