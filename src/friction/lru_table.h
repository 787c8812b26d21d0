// A hash table whose entries stand in the order of their last use. Memory grows with the most
// entries ever held at once; an entry removed is used again, with what its value has allocated.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "friction/key_hash.h"

namespace sluice::friction {

/// All operations take constant time, but for growth of the index (amortised). Entries never move.
template <class Value>
class LruTable {
public:
    using Slot = std::uint32_t;  // an entry's number while it is held
    static constexpr Slot none = std::numeric_limits<Slot>::max();

    explicit LruTable(HashKey hash_key) : hash_key_(hash_key) {}

    std::size_t size() const { return size_; }

    /// The entry of `key`, or none. Does not count as a use.
    Slot find(std::string_view key) const {
        if (index_.empty()) return none;
        const std::uint64_t hash = keyed_hash(key, hash_key_);
        for (std::size_t at = home(hash); index_[at] != none; at = next(at)) {
            const Entry& entry = entries_[index_[at]];
            if (entry.hash == hash && entry.key == key) return index_[at];
        }
        return none;
    }

    Value& value(Slot slot) { return entries_[slot].value; }
    const Value& value(Slot slot) const { return entries_[slot].value; }
    const std::string& key(Slot slot) const { return entries_[slot].key; }

    /// The entry whose last use is longest ago; none where there is none.
    Slot oldest() const { return oldest_; }

    /// Makes it the newest.
    void touch(Slot slot) {
        if (slot == newest_) return;
        unlink(slot);
        link_newest(slot);
    }

    /// A new, newest entry; `key` must not be held yet. `arguments` construct its value, unless a
    /// removed entry is used again: then value() is as it was left, and the caller's to set.
    template <class... Arguments>
    Slot insert(std::string_view key, Arguments&&... arguments) {
        if ((size_ + 1) * 2 > index_.size()) grow_index();
        const Slot slot = free_ != none ? std::exchange(free_, entries_[free_].older)
                                        : append(std::forward<Arguments>(arguments)...);
        Entry& entry = entries_[slot];
        entry.key.assign(key);
        entry.hash = keyed_hash(key, hash_key_);
        place(slot);
        link_newest(slot);
        ++size_;
        return slot;
    }

    void erase(Slot slot) {
        displace(slot);
        unlink(slot);
        entries_[slot].older = std::exchange(free_, slot);
        --size_;
    }

private:
    struct Entry {
        template <class... Arguments>
        explicit Entry(Arguments&&... arguments) : value(std::forward<Arguments>(arguments)...) {}

        std::string key;
        std::uint64_t hash = 0;
        Slot newer = none;
        Slot older = none;  // of a removed entry: the next removed one
        Value value;
    };

    std::size_t home(std::uint64_t hash) const { return hash & (index_.size() - 1); }
    std::size_t next(std::size_t at) const { return (at + 1) & (index_.size() - 1); }

    template <class... Arguments>
    Slot append(Arguments&&... arguments) {
        CHECK(entries_.size() < none);
        entries_.emplace_back(std::forward<Arguments>(arguments)...);
        return static_cast<Slot>(entries_.size() - 1);
    }

    void place(Slot slot) {
        std::size_t at = home(entries_[slot].hash);
        while (index_[at] != none) at = next(at);
        index_[at] = slot;
    }

    // Takes the slot out of the index and moves later ones of its run up, so that no gap ends a
    // search early.
    void displace(Slot slot) {
        std::size_t gap = home(entries_[slot].hash);
        while (index_[gap] != slot) gap = next(gap);
        for (std::size_t at = next(gap); index_[at] != none; at = next(at)) {
            const std::size_t wanted = home(entries_[index_[at]].hash);
            const std::size_t mask = index_.size() - 1;
            if (((at - wanted) & mask) < ((at - gap) & mask)) continue;
            index_[gap] = index_[at];
            gap = at;
        }
        index_[gap] = none;
    }

    void grow_index() {
        index_.assign(std::max<std::size_t>(16, index_.size() * 2), none);
        for (Slot slot = oldest_; slot != none; slot = entries_[slot].newer) place(slot);
    }

    void link_newest(Slot slot) {
        entries_[slot].newer = none;
        entries_[slot].older = newest_;
        (newest_ == none ? oldest_ : entries_[newest_].newer) = slot;
        newest_ = slot;
    }

    void unlink(Slot slot) {
        const Entry& entry = entries_[slot];
        (entry.newer == none ? newest_ : entries_[entry.newer].older) = entry.older;
        (entry.older == none ? oldest_ : entries_[entry.older].newer) = entry.newer;
    }

    HashKey hash_key_;
    std::deque<Entry> entries_;
    std::vector<Slot> index_;  // open addressing, a power of two, at most half full
    Slot oldest_ = none;
    Slot newest_ = none;
    Slot free_ = none;
    std::size_t size_ = 0;
};

}  // namespace sluice::friction
