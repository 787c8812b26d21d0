// LRU cache (least recently used): a hash table whose entries stand in the order of their last use.
// Memory grows with the most entries ever held at once; an entry removed is used again, with what
// its value has allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "friction/client_index.h"
#include "friction/key_hash.h"

namespace sluice::friction {

/// All operations take constant time. Entries never move.
template <class Value>
class LruTable {
public:
    using Slot = ClientIndex::Slot;  // an entry's number while it is held
    static constexpr Slot none = ClientIndex::none;

    explicit LruTable(HashKey hash_key) : hasher_(hash_key) {}

    std::size_t size() const { return index_.size(); }

    /// The entry of `key`, or none. Does not count as a use.
    Slot find(std::string_view key) const {
        const std::uint64_t hash = hasher_(key);
        return index_.find(hash, [&](Slot slot) { return entries_[slot].key == key; });
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
        const Slot slot = free_ != none ? std::exchange(free_, entries_[free_].older)
                                        : append(std::forward<Arguments>(arguments)...);
        Entry& entry = entries_[slot];
        entry.key.assign(key);
        index_.insert(hasher_(key), slot);
        CHECK(newest_ != slot && oldest_ != slot, "a free entry stands in no order");
        link_newest(slot);
        return slot;
    }

    void erase(Slot slot) {
        index_.erase(hasher_(entries_[slot].key), slot);
        unlink(slot);
        entries_[slot].older = std::exchange(free_, slot);
    }

private:
    struct Entry {
        template <class... Arguments>
        explicit Entry(Arguments&&... arguments) : value(std::forward<Arguments>(arguments)...) {}

        std::string key;
        Slot newer = none;
        Slot older = none;  // of a removed entry: the next removed one
        Value value;
    };

    template <class... Arguments>
    Slot append(Arguments&&... arguments) {
        CHECK(entries_.size() < none);
        entries_.emplace_back(std::forward<Arguments>(arguments)...);
        return static_cast<Slot>(entries_.size() - 1);
    }

    void link_newest(Slot slot) {
        CHECK((newest_ == none) == (oldest_ == none));
        entries_[slot].newer = none;
        entries_[slot].older = newest_;
        (newest_ == none ? oldest_ : entries_[newest_].newer) = slot;
        newest_ = slot;
    }

    void unlink(Slot slot) {
        const Entry& entry = entries_[slot];
        CHECK(entry.newer == none ? newest_ == slot : entries_[entry.newer].older == slot);
        CHECK(entry.older == none ? oldest_ == slot : entries_[entry.older].newer == slot);
        (entry.newer == none ? newest_ : entries_[entry.newer].older) = entry.older;
        (entry.older == none ? oldest_ : entries_[entry.older].newer) = entry.newer;
    }

    KeyHasher hasher_;
    ClientIndex index_;
    std::deque<Entry> entries_;
    Slot oldest_ = none;
    Slot newest_ = none;
    Slot free_ = none;
};

}  // namespace sluice::friction
