#include "resource/tokens/introspection_cache.h"

#include "base/check.h"

namespace sluice::resource {

void IntrospectionCache::erase(Entries::iterator entry) {
    CHECK(places_.erase(entry->token) == 1);
    entries_.erase(entry);
}

const token::TokenInfo* IntrospectionCache::find(const crypto::Digest& token, MonotonicTime now) {
    const auto place = places_.find(token);
    if (place == places_.end()) return nullptr;
    const Entries::iterator entry = place->second;
    if (now >= entry->until) {
        erase(entry);
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, entry);
    return &entry->info;
}

void IntrospectionCache::forget(const crypto::Digest& token) {
    if (const auto place = places_.find(token); place != places_.end()) erase(place->second);
}

void IntrospectionCache::insert(const crypto::Digest& token, const token::TokenInfo& info,
                                MonotonicTime until) {
    if (entries_max_ == 0) return;
    if (const auto place = places_.find(token); place != places_.end()) erase(place->second);
    if (places_.size() == entries_max_) erase(std::prev(entries_.end()));
    entries_.push_front({token, info, until});
    places_[token] = entries_.begin();
    CHECK(places_.size() == entries_.size() && places_.size() <= entries_max_);
}

}  // namespace sluice::resource
