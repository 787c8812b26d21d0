// Remembering and forgetting callers.
#include "oauth/clients/caller_cache.h"

#include "base/check.h"

namespace sluice::oauth {

void CallerCache::forget_older_than(std::uint64_t revision) {
    if (revision_ == revision) return;
    CHECK(revision > revision_, "the directory's revision only grows");
    callers_.clear();
    revision_ = revision;
}

const Caller* CallerCache::find(const crypto::Digest& field, std::uint64_t revision) {
    forget_older_than(revision);
    const auto found = callers_.find(field);
    return found != callers_.end() ? &found->second : nullptr;
}

void CallerCache::remember(const crypto::Digest& field, Caller caller, std::uint64_t revision) {
    forget_older_than(revision);
    if (callers_.size() >= size_max) callers_.clear();
    callers_.insert_or_assign(field, std::move(caller));
    CHECK(callers_.size() <= size_max);
}

}  // namespace sluice::oauth
