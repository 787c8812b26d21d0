// Penalties, for whoever keeps them where a restart does not reach them.
#include <memory>

#include "base/check.h"
#include "resource/decision/guard.h"

namespace sluice::resource {

void Guard::track_penalties() {
    for (Entry& entry : resources_) {
        if (entry.registry == nullptr || entry.config->penalty_ttl() <= friction::Moment::zero()) {
            continue;
        }
        CHECK(entry.penalties == nullptr && entry.registry->size() == 0, "before the first call");
        entry.penalties = std::make_unique<DirtyPenalties>(entry.config->max_clients());
    }
}

bool Guard::tracks_penalties(std::size_t resource) const {
    return resources_.at(resource).penalties != nullptr;
}

void Guard::note_penalty(const Entry& entry, const CallerKey& caller, double friction) {
    if (entry.penalties == nullptr || friction < entry.config->penalty_min_friction()) return;
    if (friction > 0) entry.penalties->note(caller);
}

std::vector<PenaltyChange> Guard::take_penalty_changes(std::size_t resource, std::size_t count_max,
                                                       MonotonicTime now) {
    const Entry& entry = resources_.at(resource);
    if (entry.penalties == nullptr) return {};
    return entry.penalties->take(count_max, [&](const CallerKey& caller) {
        auto penalty = entry.registry->penalty(caller.text(), now.time_since_epoch());
        if (!penalty && entry.registry->find(caller.text()) != nullptr) penalty.emplace();
        return penalty;
    });
}

void Guard::return_penalty_change(std::size_t resource, const CallerKey& caller) {
    const Entry& entry = resources_.at(resource);
    CHECK(entry.penalties != nullptr, "a penalty comes back that was never taken");
    entry.penalties->doubt(caller);
}

void Guard::restore_penalty(std::size_t resource, const CallerKey& caller,
                            const friction::Penalty& penalty, MonotonicTime now) {
    const Entry& entry = resources_.at(resource);
    if (entry.registry == nullptr) return;
    entry.registry->restore(caller.text(), penalty, now.time_since_epoch());
    if (entry.penalties != nullptr) entry.penalties->enter(caller, penalty);
}

}  // namespace sluice::resource
