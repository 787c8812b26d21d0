#include "resource/decision/dirty_penalties.h"

#include <algorithm>

#include "base/check.h"

namespace sluice::resource {
namespace {

// Of those that nobody noted, in each take().
constexpr std::size_t others_at_once = 64;
constexpr std::size_t buckets_at_once = 1024;

}  // namespace

void DirtyPenalties::enter(const CallerKey& caller, const friction::Penalty& penalty) {
    if (written_.size() < count_max_ || written_.contains(caller)) {
        written_.insert_or_assign(caller, penalty);
        CHECK(written_.size() <= count_max_);
    }
}

void DirtyPenalties::doubt(const CallerKey& caller) {
    written_.erase(caller);
    if (doubtful_.size() < count_max_) doubtful_.insert(caller);
    note(caller);
}

std::vector<PenaltyChange> DirtyPenalties::take(
    std::size_t count_max,
    const std::function<std::optional<friction::Penalty>(const CallerKey&)>& penalty_now) {
    std::vector<CallerKey> looked_at;
    for (auto it = noted_.begin(); it != noted_.end() && looked_at.size() < count_max;) {
        looked_at.push_back(*it);
        it = noted_.erase(it);
    }
    add_some_written(std::min(count_max - looked_at.size(), others_at_once), looked_at);
    std::vector<PenaltyChange> changes;
    for (const CallerKey& caller : looked_at) {
        const bool doubtful = doubtful_.erase(caller) > 0;
        const std::optional<friction::Penalty> penalty = penalty_now(caller);
        const bool has_penalty = penalty && !penalty->tools.empty();
        const bool written = written_.contains(caller);
        if (!doubtful && (has_penalty ? is_written(caller, *penalty) : !written)) continue;
        if (has_penalty) {
            enter(caller, *penalty);
        } else {
            written_.erase(caller);
        }
        if (penalty || doubtful) changes.push_back({caller, has_penalty ? penalty : std::nullopt});
    }
    return changes;
}

bool DirtyPenalties::is_written(const CallerKey& caller, const friction::Penalty& penalty) const {
    const auto at = written_.find(caller);
    return at != written_.end() && at->second == penalty;
}

void DirtyPenalties::add_some_written(std::size_t count, std::vector<CallerKey>& to) {
    const std::size_t buckets = written_.bucket_count();
    for (std::size_t i = 0; i < std::min(buckets, buckets_at_once) && count > 0; ++i) {
        next_bucket_ = (next_bucket_ + 1) % buckets;
        for (auto it = written_.begin(next_bucket_); it != written_.end(next_bucket_); ++it) {
            to.push_back(it->first);
            count -= std::min<std::size_t>(count, 1);
        }
    }
}

}  // namespace sluice::resource
