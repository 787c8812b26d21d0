// What callers owe, for whoever keeps it where a restart does not reach it.
#include <memory>

#include "base/check.h"
#include "resource/guard.h"

namespace sluice::resource {

void Guard::watch_debts() {
    for (Entry& entry : resources_) {
        if (entry.registry == nullptr || entry.config->penalty_ttl() <= friction::Moment::zero()) {
            continue;
        }
        entry.debts = std::make_unique<DebtBook>(entry.config->max_clients());
    }
}

bool Guard::watches_debts(std::size_t resource) const {
    return resources_.at(resource).debts != nullptr;
}

void Guard::note_debt(const Entry& entry, const CallerKey& caller, double friction) {
    if (entry.debts == nullptr || friction < entry.config->penalty_min_friction()) return;
    if (friction > 0) entry.debts->note(caller);
}

std::vector<DebtChange> Guard::take_debt_changes(std::size_t resource, std::size_t count_max,
                                                 MonotonicTime now) {
    const Entry& entry = resources_.at(resource);
    if (entry.debts == nullptr) return {};
    return entry.debts->take(count_max, [&](const CallerKey& caller) {
        auto debt = entry.registry->debt(caller.text(), now.time_since_epoch());
        if (!debt && entry.registry->find(caller.text()) != nullptr) debt.emplace();
        return debt;
    });
}

void Guard::return_debt_change(std::size_t resource, const CallerKey& caller) {
    const Entry& entry = resources_.at(resource);
    CHECK(entry.debts != nullptr, "a debt comes back that was never taken");
    entry.debts->doubt(caller);
}

void Guard::restore_debt(std::size_t resource, const CallerKey& caller, const friction::Debt& debt,
                         MonotonicTime now) {
    const Entry& entry = resources_.at(resource);
    if (entry.registry == nullptr) return;
    entry.registry->restore(caller.text(), debt, now.time_since_epoch());
    if (entry.debts != nullptr) entry.debts->enter(caller, debt);
}

}  // namespace sluice::resource
