// Dirty set of penalties: which callers' differ from what was last stored (write-behind).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "friction/penalty.h"
#include "resource/decision/caller_key.h"

namespace sluice::resource {

struct PenaltyChange {
    CallerKey caller;
    std::optional<friction::Penalty> penalty;  // nothing: it is to be erased
};

/// Bounded: beyond `count_max` callers no other is remembered.
class DirtyPenalties {
public:
    explicit DirtyPenalties(std::size_t count_max) : count_max_(count_max) {}

    /// The penalty of this caller may have changed.
    void note(const CallerKey& caller) {
        if (noted_.size() < count_max_) noted_.insert(caller);
    }
    /// This is written down of it already.
    void enter(const CallerKey& caller, const friction::Penalty& penalty);
    /// Nobody knows what is written of it: the next take() tells, whatever it is.
    void doubt(const CallerKey& caller);

    /// Changes of up to `count_max` callers, which then count as written. Looks at those that were
    /// noted, and at a few of the others in turn, since what fades away is noted by nobody.
    /// penalty_now  A caller's penalty, which may be no friction at all; nothing of one who is not
    ///       remembered any more. That is no change: what is written has an end of its own, and
    ///       another box may know better.
    std::vector<PenaltyChange> take(
        std::size_t count_max,
        const std::function<std::optional<friction::Penalty>(const CallerKey&)>& penalty_now);

private:
    bool is_written(const CallerKey& caller, const friction::Penalty& penalty) const;
    void add_some_written(std::size_t count, std::vector<CallerKey>& to);

    std::size_t count_max_;
    std::unordered_set<CallerKey, CallerKey::Hash> noted_;
    std::unordered_set<CallerKey, CallerKey::Hash> doubtful_;
    std::unordered_map<CallerKey, friction::Penalty, CallerKey::Hash> written_;
    std::size_t next_bucket_ = 0;  // of written_, for add_some_written()
};

}  // namespace sluice::resource
