// Keeping and giving back the friction of evicted clients.
#include "friction/penalty_store.h"

#include <algorithm>

namespace sluice::friction {
namespace {

constexpr std::size_t capacity_min = 1024;

}  // namespace

PenaltyStore::PenaltyStore(const FrictionConfig& config, HashKey hash_key)
    : config_(&config),
      penalties_(hash_key),
      capacity_(std::max<std::size_t>(config.max_clients(), capacity_min)) {}

void PenaltyStore::keep(std::string_view client, const Controller& controller, Moment now) {
    if (config_->penalty_ttl() <= Moment::zero()) return;
    const double least = config_->penalty_min_friction();
    const std::span<const double> frictions = controller.frictions();
    const auto counts = [least](double friction) { return friction > 0 && friction >= least; };
    if (std::ranges::none_of(frictions, counts)) return;

    expire(now);
    forget(client);
    if (penalties_.size() >= capacity_) penalties_.erase(penalties_.oldest());
    Penalty& penalty = penalties_.value(penalties_.insert(client));
    penalty.kept_at = now;
    penalty.last_call = controller.last_call().value_or(now);
    penalty.owed.clear();
    for (std::uint16_t i = 0; i < frictions.size(); ++i) {
        if (counts(frictions[i])) penalty.owed.push_back({ToolId::listed(i), frictions[i]});
    }
}

void PenaltyStore::restore(std::string_view client, Controller& controller, Moment now) {
    const auto slot = penalties_.find(client);
    if (slot == penalties_.none) return;
    const Penalty& penalty = penalties_.value(slot);
    if (!is_expired(penalty, now)) {
        const auto since =
            config_->recover_while_idle() ? std::optional(penalty.last_call) : std::nullopt;
        for (const Owed& owed : penalty.owed) controller.restore(owed.tool, owed.friction, since);
    }
    penalties_.erase(slot);
}

bool PenaltyStore::forget(std::string_view client) {
    const auto slot = penalties_.find(client);
    if (slot != penalties_.none) penalties_.erase(slot);
    return slot != penalties_.none;
}

void PenaltyStore::expire(Moment now) {
    while (penalties_.size() > 0) {
        const auto oldest = penalties_.oldest();
        if (!is_expired(penalties_.value(oldest), now)) return;
        penalties_.erase(oldest);
    }
}

}  // namespace sluice::friction
