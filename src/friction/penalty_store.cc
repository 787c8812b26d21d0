// Keeping and giving back the friction of evicted clients.
#include "friction/penalty_store.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

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

void add_tools(const FrictionConfig& config, std::span<const double> frictions, Penalty& penalty) {
    for (std::uint16_t i = 0; i < frictions.size(); ++i) {
        if (counts(config, frictions[i]))
            penalty.tools.push_back({ToolId::listed(i), frictions[i]});
    }
}

}  // namespace

PenaltyStore::PenaltyStore(const FrictionConfig& config, HashKey hash_key)
    : config_(&config),
      entries_(hash_key),
      capacity_(std::max<std::size_t>(config.max_clients(), capacity_min)) {}

void PenaltyStore::keep(std::string_view client, const Controller& controller, Moment now) {
    if (config_->penalty_ttl() <= Moment::zero()) return;
    const std::span<const double> frictions = controller.frictions();
    if (!reaches(*config_, frictions)) return;

    drop_expired(now);
    forget(client);
    const Moment last_call = controller.last_call().value_or(now);
    Entry* const entry = place(client, std::ranges::max(frictions), last_call);
    if (entry == nullptr) return;
    entry->kept_at = now;
    add_tools(*config_, frictions, entry->penalty);
}

void PenaltyStore::keep(std::string_view client, const Penalty& penalty, Moment now) {
    if (penalty.tools.empty() || now - penalty.last_call > config_->penalty_ttl()) return;
    drop_expired(now);
    forget(client);
    const double most = std::ranges::max(penalty.tools, {}, &Penalty::Tool::friction).friction;
    Entry* const entry = place(client, most, penalty.last_call);
    if (entry == nullptr) return;
    entry->kept_at = penalty.last_call;
    entry->penalty = penalty;
}

PenaltyStore::Entry* PenaltyStore::place(std::string_view client, double friction,
                                         Moment last_call) {
    CHECK(friction > 0 && friction <= 1);
    const double rank = rank_of(friction, last_call);
    if (!make_room(rank)) return nullptr;
    const Slot slot = entries_.insert(client);
    by_rank_.emplace(rank, slot);
    CHECK(entries_.size() <= capacity_ && by_rank_.size() == entries_.size());
    Entry& entry = entries_.value(slot);
    entry.rank = rank;
    entry.penalty.last_call = last_call;
    entry.penalty.tools.clear();
    return &entry;
}

// Of two penalties the one with the higher rank has more left, at any moment: f·e^(-r(t - last
// call)) orders as ln f + r·(last call) does.
double PenaltyStore::rank_of(double friction, Moment last_call) const {
    const double rate = config_->recover_while_idle() ? config_->time_decay_rate() : 0;
    return std::log(friction) + rate * last_call.count();
}

bool PenaltyStore::make_room(double rank) {
    if (entries_.size() < capacity_) return true;
    CHECK(!by_rank_.empty());
    const auto [least, slot] = *by_rank_.begin();
    if (rank <= least) return false;
    drop(slot);
    return true;
}

void PenaltyStore::restore(std::string_view client, Controller& controller, Moment now) {
    const auto slot = entries_.find(client);
    if (slot == entries_.none) return;
    const Entry& entry = entries_.value(slot);
    if (!is_expired(entry, now)) charge(*config_, entry.penalty, controller);
    drop(slot);
}

void PenaltyStore::charge(const FrictionConfig& config, const Penalty& penalty,
                          Controller& controller) {
    const auto since =
        config.recover_while_idle() ? std::optional(penalty.last_call) : std::nullopt;
    for (const Penalty::Tool& tool : penalty.tools)
        controller.restore(tool.id, tool.friction, since);
}

std::optional<Penalty> PenaltyStore::find(std::string_view client, Moment now) const {
    const auto slot = entries_.find(client);
    if (slot == entries_.none || is_expired(entries_.value(slot), now)) return std::nullopt;
    return entries_.value(slot).penalty;
}

std::optional<Penalty> PenaltyStore::penalty_of(const FrictionConfig& config,
                                                const Controller& controller, Moment now) {
    const std::span<const double> frictions = controller.frictions();
    if (config.penalty_ttl() <= Moment::zero() || !reaches(config, frictions)) return std::nullopt;
    Penalty penalty{.last_call = controller.last_call().value_or(now), .tools = {}};
    add_tools(config, frictions, penalty);
    return penalty;
}

bool PenaltyStore::forget(std::string_view client) {
    const auto slot = entries_.find(client);
    if (slot != entries_.none) drop(slot);
    return slot != entries_.none;
}

// A few each time: more than come in, and never a long step.
void PenaltyStore::drop_expired(Moment now) {
    for (int i = 0; i < 4 && entries_.size() > 0; ++i) {
        const auto oldest = entries_.oldest();
        if (!is_expired(entries_.value(oldest), now)) return;
        drop(oldest);
    }
}

void PenaltyStore::drop(Slot slot) {
    CHECK(by_rank_.erase({entries_.value(slot).rank, slot}) == 1);
    entries_.erase(slot);
    CHECK(by_rank_.size() == entries_.size());
}

}  // namespace sluice::friction
