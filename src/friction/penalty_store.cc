// Keeping and giving back the friction of evicted clients.
#include "friction/penalty_store.h"

#include <algorithm>
#include <cmath>

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

    drop_expired(now);
    forget(client);
    const Moment last_call = controller.last_call().value_or(now);
    const double rank = rank_of(std::ranges::max(frictions), last_call);
    if (!make_room(rank)) return;
    const Slot slot = penalties_.insert(client);
    by_rank_.emplace(rank, slot);
    Penalty& penalty = penalties_.value(slot);
    penalty.kept_at = now;
    penalty.last_call = last_call;
    penalty.rank = rank;
    penalty.owed.clear();
    for (std::uint16_t i = 0; i < frictions.size(); ++i) {
        if (counts(frictions[i])) penalty.owed.push_back({ToolId::listed(i), frictions[i]});
    }
}

// Of two penalties the one with the higher rank has more left, at any moment: f·e^(-r(t - last
// call)) orders as ln f + r·(last call) does.
double PenaltyStore::rank_of(double friction, Moment last_call) const {
    const double rate = config_->recover_while_idle() ? config_->time_decay_rate() : 0;
    return std::log(friction) + rate * last_call.count();
}

bool PenaltyStore::make_room(double rank) {
    if (penalties_.size() < capacity_) return true;
    const auto [least, slot] = *by_rank_.begin();
    if (rank <= least) return false;
    drop(slot);
    return true;
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
    drop(slot);
}

bool PenaltyStore::forget(std::string_view client) {
    const auto slot = penalties_.find(client);
    if (slot != penalties_.none) drop(slot);
    return slot != penalties_.none;
}

// A few each time: more than come in, and never a long step.
void PenaltyStore::drop_expired(Moment now) {
    for (int i = 0; i < 4 && penalties_.size() > 0; ++i) {
        const auto oldest = penalties_.oldest();
        if (!is_expired(penalties_.value(oldest), now)) return;
        drop(oldest);
    }
}

void PenaltyStore::drop(Slot slot) {
    by_rank_.erase({penalties_.value(slot).rank, slot});
    penalties_.erase(slot);
}

}  // namespace sluice::friction
