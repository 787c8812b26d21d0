// Keeping and giving back the friction of evicted clients.
#include "friction/penalty_store.h"

#include <algorithm>
#include <cmath>

namespace sluice::friction {
namespace {

constexpr std::size_t capacity_min = 1024;

bool counts(const FrictionConfig& config, double friction) {
    return friction > 0 && friction >= config.penalty_min_friction();
}

bool reaches(const FrictionConfig& config, std::span<const double> frictions) {
    return std::ranges::any_of(frictions,
                               [&](double friction) { return counts(config, friction); });
}

void write_debt(const FrictionConfig& config, std::span<const double> frictions, Debt& debt) {
    for (std::uint16_t i = 0; i < frictions.size(); ++i) {
        if (counts(config, frictions[i])) debt.owed.push_back({ToolId::listed(i), frictions[i]});
    }
}

}  // namespace

PenaltyStore::PenaltyStore(const FrictionConfig& config, HashKey hash_key)
    : config_(&config),
      penalties_(hash_key),
      capacity_(std::max<std::size_t>(config.max_clients(), capacity_min)) {}

void PenaltyStore::keep(std::string_view client, const Controller& controller, Moment now) {
    if (config_->penalty_ttl() <= Moment::zero()) return;
    const std::span<const double> frictions = controller.frictions();
    if (!reaches(*config_, frictions)) return;

    drop_expired(now);
    forget(client);
    const Moment last_call = controller.last_call().value_or(now);
    Penalty* const penalty = place(client, std::ranges::max(frictions), last_call);
    if (penalty == nullptr) return;
    penalty->kept_at = now;
    write_debt(*config_, frictions, penalty->debt);
}

void PenaltyStore::keep(std::string_view client, const Debt& debt, Moment now) {
    if (debt.owed.empty() || now - debt.last_call > config_->penalty_ttl()) return;
    drop_expired(now);
    forget(client);
    const double most = std::ranges::max(debt.owed, {}, &Debt::Owed::friction).friction;
    Penalty* const penalty = place(client, most, debt.last_call);
    if (penalty == nullptr) return;
    penalty->kept_at = debt.last_call;
    penalty->debt = debt;
}

PenaltyStore::Penalty* PenaltyStore::place(std::string_view client, double friction,
                                           Moment last_call) {
    const double rank = rank_of(friction, last_call);
    if (!make_room(rank)) return nullptr;
    const Slot slot = penalties_.insert(client);
    by_rank_.emplace(rank, slot);
    Penalty& penalty = penalties_.value(slot);
    penalty.rank = rank;
    penalty.debt.last_call = last_call;
    penalty.debt.owed.clear();
    return &penalty;
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
    if (!is_expired(penalty, now)) charge(*config_, penalty.debt, controller);
    drop(slot);
}

void PenaltyStore::charge(const FrictionConfig& config, const Debt& debt, Controller& controller) {
    const auto since = config.recover_while_idle() ? std::optional(debt.last_call) : std::nullopt;
    for (const Debt::Owed& owed : debt.owed) controller.restore(owed.tool, owed.friction, since);
}

std::optional<Debt> PenaltyStore::find(std::string_view client, Moment now) const {
    const auto slot = penalties_.find(client);
    if (slot == penalties_.none || is_expired(penalties_.value(slot), now)) return std::nullopt;
    return penalties_.value(slot).debt;
}

std::optional<Debt> PenaltyStore::debt_of(const FrictionConfig& config,
                                          const Controller& controller, Moment now) {
    const std::span<const double> frictions = controller.frictions();
    if (config.penalty_ttl() <= Moment::zero() || !reaches(config, frictions)) return std::nullopt;
    Debt debt{.last_call = controller.last_call().value_or(now), .owed = {}};
    write_debt(config, frictions, debt);
    return debt;
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
