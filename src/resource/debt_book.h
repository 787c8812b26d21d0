// Which callers' debts differ from what was last written down of them.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "friction/debt.h"
#include "resource/caller_key.h"

namespace sluice::resource {

struct DebtChange {
    CallerKey caller;
    std::optional<friction::Debt> debt;  // nothing: it is to be erased
};

/// Bounded: beyond `count_max` callers no other is remembered.
class DebtBook {
public:
    explicit DebtBook(std::size_t count_max) : count_max_(count_max) {}

    /// What this caller owes may have changed.
    void note(const CallerKey& caller) {
        if (noted_.size() < count_max_) noted_.insert(caller);
    }
    /// This is written down of it already.
    void enter(const CallerKey& caller, const friction::Debt& debt);
    /// Nobody knows what is written of it: the next take() tells, whatever it is.
    void doubt(const CallerKey& caller);

    /// Changes of up to `count_max` callers, which then count as written. Looks at those that were
    /// noted, and at a few of the others in turn, since what fades away is noted by nobody.
    /// owed  What a caller owes now, which may be no friction at all; nothing of one who is not
    ///       remembered any more. That is no change: what is written has an end of its own, and
    ///       another box may know better.
    std::vector<DebtChange> take(
        std::size_t count_max,
        const std::function<std::optional<friction::Debt>(const CallerKey&)>& owed);

private:
    bool is_written(const CallerKey& caller, const friction::Debt& debt) const;
    void add_some_written(std::size_t count, std::vector<CallerKey>& to);

    std::size_t count_max_;
    std::unordered_set<CallerKey, CallerKey::Hash> noted_;
    std::unordered_set<CallerKey, CallerKey::Hash> doubtful_;
    std::unordered_map<CallerKey, friction::Debt, CallerKey::Hash> written_;
    std::size_t next_bucket_ = 0;  // of written_, for add_some_written()
};

}  // namespace sluice::resource
