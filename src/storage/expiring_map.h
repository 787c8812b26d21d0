// TTL map, bounded: entries live for one fixed time (codes, sessions, windows, failures).
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "base/clock.h"

namespace sluice::storage {

/// Every entry gets the same lifetime from its last put() or renew(), so the oldest is always the
/// first to go: expiry and the bound both cost O(1).
template <class Key, class Value, class Hash = std::hash<Key>>
class ExpiringMap {
public:
    /// lifetime  From put() on. size_max  One more puts out the oldest entry.
    ExpiringMap(Duration lifetime, std::size_t size_max, Hash hash = {})
        : lifetime_(lifetime), size_max_(size_max), places_(0, hash) {
        CHECK(size_max > 0);
    }

    std::size_t size() const { return places_.size(); }

    /// Null where nothing is, or nothing any more. Valid until the next put(), erase() or expire().
    template <class Lookup>
    Value* find(const Lookup& key, MonotonicTime now) {
        const auto place = places_.find(key);
        if (place == places_.end() || place->second->deadline <= now) return nullptr;
        return &place->second->value;
    }

    /// Adds or replaces; the entry's lifetime begins anew.
    Value& put(const Key& key, Value value, MonotonicTime now) {
        erase(key);
        if (places_.size() == size_max_) drop_oldest();
        entries_.push_back({key, std::move(value), now + lifetime_});
        places_.emplace(key, std::prev(entries_.end()));
        CHECK(places_.size() == entries_.size() && places_.size() <= size_max_);
        return entries_.back().value;
    }

    /// The lifetime of what is there under `key` begins anew.
    template <class Lookup>
    void renew(const Lookup& key, MonotonicTime now) {
        const auto place = places_.find(key);
        if (place == places_.end()) return;
        place->second->deadline = now + lifetime_;
        entries_.splice(entries_.end(), entries_, place->second);
        CHECK(places_.size() == entries_.size());
    }

    template <class Lookup>
    bool erase(const Lookup& key) {
        const auto place = places_.find(key);
        if (place == places_.end()) return false;
        entries_.erase(place->second);
        places_.erase(place);
        return true;
    }

    /// Drops at most `entries_max` of what has expired.
    void expire(MonotonicTime now, std::size_t entries_max) {
        for (; entries_max > 0 && !entries_.empty(); --entries_max) {
            if (entries_.front().deadline > now) return;
            drop_oldest();
        }
    }

private:
    struct Entry {
        Key key;
        Value value;
        MonotonicTime deadline;
    };

    void drop_oldest() {
        CHECK(!entries_.empty() && places_.erase(entries_.front().key) == 1);
        entries_.pop_front();
    }

    Duration lifetime_;
    std::size_t size_max_;
    std::list<Entry> entries_;  // oldest first
    std::unordered_map<Key, typename std::list<Entry>::iterator, Hash, std::equal_to<>> places_;
};

}  // namespace sluice::storage
