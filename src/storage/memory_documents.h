// In-memory documents: those of one kind on one shard.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "storage/text_hash.h"

namespace sluice::storage {

/// Bounded: the document that was put longest ago makes room.
class MemoryDocuments {
public:
    MemoryDocuments(std::uint64_t hash_seed, std::size_t count_max)
        : places_(make_text_map<Entries::iterator>(hash_seed)), count_max_(count_max) {}

    /// Null where it is not there, or not any more. Valid until the next put() or erase().
    const std::string* find(std::string_view key, MonotonicTime now) const;
    /// lifetime  Zero: for ever.
    void put(std::string_view key, std::string_view value, Duration lifetime, MonotonicTime now);
    /// False where it was not there.
    bool erase(std::string_view key, MonotonicTime now);

    /// Looks at a few and drops those whose time is over; calls go round.
    void sweep(MonotonicTime now, std::size_t looks);

    /// visit(key, value) for every document that is there, in no order.
    template <class RequestContext>
    void for_each(MonotonicTime now, RequestContext visit) const {
        for (const Entry& entry : entries_) {
            if (!entry.is_over(now)) visit(entry.key, entry.value);
        }
    }

private:
    struct Entry {
        std::string key;
        std::string value;
        MonotonicTime deadline;
        bool is_over(MonotonicTime now) const { return deadline <= now; }
    };
    using Entries = std::list<Entry>;

    void drop(Entries::iterator entry);

    Entries entries_;  // those that were looked at longest ago are first
    TextMap<Entries::iterator> places_;
    std::size_t count_max_;
};

}  // namespace sluice::storage
