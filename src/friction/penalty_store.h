// What evicted clients owe: their friction, kept for a while so that leaving does not wash it off.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "friction/controller.h"
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

    /// Gives a returning client's new controller what was kept, unless penalty_ttl has passed, and
    /// forgets it.
    void restore(std::string_view client, Controller& controller, Moment now);

    bool forget(std::string_view client);  // whether there was anything
    std::size_t size() const { return penalties_.size(); }
    std::size_t capacity() const { return capacity_; }

private:
    struct Owed {
        ToolId tool;
        double friction;
    };
    struct Penalty {
        Moment kept_at{};
        Moment last_call{};
        double rank = 0;
        std::vector<Owed> owed;
    };

    bool is_expired(const Penalty& penalty, Moment now) const {
        return now - penalty.kept_at > config_->penalty_ttl();
    }

    using Slot = LruTable<Penalty>::Slot;

    double rank_of(double friction, Moment last_call) const;
    bool make_room(double rank);
    void drop_expired(Moment now);
    void drop(Slot slot);

    const FrictionConfig* config_;
    LruTable<Penalty> penalties_;
    std::set<std::pair<double, Slot>> by_rank_;
    std::size_t capacity_;
};

}  // namespace sluice::friction
