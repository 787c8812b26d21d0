// Penalty store: friction of evicted clients, kept for a while so that leaving does not shed it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "friction/controller.h"
#include "friction/lru_table.h"
#include "friction/penalty.h"

namespace sluice::friction {

/// Bounded: at its capacity the penalty of which the least is left makes room, or is not kept at
/// all where it is the new one. So whoever sends a flood of clients makes nobody's penalty go that
/// is not less than that of all of them.
class PenaltyStore {
public:
    PenaltyStore(const FrictionConfig& config, HashKey hash_key);

    /// Keeps the friction of `controller` that reaches penalty_min_friction, if any does.
    void keep(std::string_view client, const Controller& controller, Moment now);
    /// Keeps a penalty that was stored elsewhere, in place of what is here. Its time runs from its
    /// last call on.
    void keep(std::string_view client, const Penalty& penalty, Moment now);

    /// Gives a returning client's new controller what was kept, unless penalty_ttl has passed, and
    /// forgets it.
    void restore(std::string_view client, Controller& controller, Moment now);

    /// The penalty of a client, unless penalty_ttl has passed.
    std::optional<Penalty> find(std::string_view client, Moment now) const;
    /// What of a controller's friction reaches penalty_min_friction.
    static std::optional<Penalty> penalty_of(const FrictionConfig& config,
                                             const Controller& controller, Moment now);
    /// Gives a new controller its penalty.
    static void charge(const FrictionConfig& config, const Penalty& penalty,
                       Controller& controller);

    bool forget(std::string_view client);  // whether there was anything
    std::size_t size() const { return entries_.size(); }
    std::size_t capacity() const { return capacity_; }

private:
    struct Entry {
        Moment kept_at{};
        double rank = 0;
        Penalty penalty;
    };

    bool is_expired(const Entry& entry, Moment now) const {
        return now - entry.kept_at > config_->penalty_ttl();
    }

    using Slot = LruTable<Entry>::Slot;

    double rank_of(double friction, Moment last_call) const;
    /// Room for a penalty; null where it ranks no higher than everybody else's.
    Entry* place(std::string_view client, double friction, Moment last_call);
    bool make_room(double rank);
    void drop_expired(Moment now);
    void drop(Slot slot);

    const FrictionConfig* config_;
    LruTable<Entry> entries_;
    std::set<std::pair<double, Slot>> by_rank_;
    std::size_t capacity_;
};

}  // namespace sluice::friction
