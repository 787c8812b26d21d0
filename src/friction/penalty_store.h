// What evicted clients owe: their friction, kept for a while so that leaving does not wash it off.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "friction/controller.h"
#include "friction/debt.h"
#include "friction/lru_table.h"

namespace sluice::friction {

/// Bounded: at its capacity the penalty of which the least is left makes room, or is not kept at
/// all where it is the new one. So whoever sends a flood of clients washes nobody's friction off
/// that is not less than that of all of them.
class PenaltyStore {
public:
    PenaltyStore(const FrictionConfig& config, HashKey hash_key);

    /// Keeps the friction of `controller` that reaches penalty_min_friction, if any does.
    void keep(std::string_view client, const Controller& controller, Moment now);
    /// Keeps what was written down elsewhere, in place of what is here. Its time runs from its last
    /// call on.
    void keep(std::string_view client, const Debt& debt, Moment now);

    /// Gives a returning client's new controller what was kept, unless penalty_ttl has passed, and
    /// forgets it.
    void restore(std::string_view client, Controller& controller, Moment now);

    /// What a client owes that penalty_ttl has not forgiven.
    std::optional<Debt> find(std::string_view client, Moment now) const;
    /// What of a controller's friction reaches penalty_min_friction.
    static std::optional<Debt> debt_of(const FrictionConfig& config, const Controller& controller,
                                       Moment now);
    /// Gives a new controller what it owes.
    static void charge(const FrictionConfig& config, const Debt& debt, Controller& controller);

    bool forget(std::string_view client);  // whether there was anything
    std::size_t size() const { return penalties_.size(); }
    std::size_t capacity() const { return capacity_; }

private:
    struct Penalty {
        Moment kept_at{};
        double rank = 0;
        Debt debt;
    };

    bool is_expired(const Penalty& penalty, Moment now) const {
        return now - penalty.kept_at > config_->penalty_ttl();
    }

    using Slot = LruTable<Penalty>::Slot;

    double rank_of(double friction, Moment last_call) const;
    /// Room for what a client owes; null where that is less than what everybody else does.
    Penalty* place(std::string_view client, double friction, Moment last_call);
    bool make_room(double rank);
    void drop_expired(Moment now);
    void drop(Slot slot);

    const FrictionConfig* config_;
    LruTable<Penalty> penalties_;
    std::set<std::pair<double, Slot>> by_rank_;
    std::size_t capacity_;
};

}  // namespace sluice::friction
