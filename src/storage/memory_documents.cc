#include "storage/memory_documents.h"

#include <algorithm>

#include "base/check.h"

namespace sluice::storage {

void MemoryDocuments::drop(Entries::iterator entry) {
    const auto place = places_.find(entry->key);
    CHECK(place != places_.end() && place->second == entry);
    places_.erase(place);
    entries_.erase(entry);
    CHECK(places_.size() == entries_.size());
}

const std::string* MemoryDocuments::find(std::string_view key, MonotonicTime now) const {
    const auto place = places_.find(key);
    if (place == places_.end() || place->second->is_over(now)) return nullptr;
    return &place->second->value;
}

void MemoryDocuments::put(std::string_view key, std::string_view value, Duration lifetime,
                          MonotonicTime now) {
    CHECK(lifetime >= Duration::zero(), "a document that was never there");
    if (const auto place = places_.find(key); place != places_.end()) drop(place->second);
    if (places_.size() == count_max_) drop(entries_.begin());
    const MonotonicTime deadline =
        lifetime == Duration::zero() ? MonotonicTime::max() : now + lifetime;
    entries_.push_back({std::string(key), std::string(value), deadline});
    places_.emplace(key, std::prev(entries_.end()));
    CHECK(places_.size() == entries_.size() && places_.size() <= count_max_);
}

bool MemoryDocuments::erase(std::string_view key, MonotonicTime now) {
    const auto place = places_.find(key);
    if (place == places_.end()) return false;
    const bool was_there = !place->second->is_over(now);
    drop(place->second);
    return was_there;
}

void MemoryDocuments::sweep(MonotonicTime now, std::size_t looks) {
    for (looks = std::min(looks, entries_.size()); looks > 0; --looks) {
        if (entries_.front().is_over(now)) {
            drop(entries_.begin());
        } else {
            entries_.splice(entries_.end(), entries_, entries_.begin());
        }
    }
}

}  // namespace sluice::storage
