// Client registry: the controllers of all clients of one gateway, bounded in number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "friction/client_table.h"
#include "friction/controller.h"
#include "friction/penalty.h"
#include "friction/penalty_store.h"

namespace sluice::friction {

/// A client is whatever text the caller makes its key: issuer, client and subject, after they are
/// verified, each delimited so that two clients never share one. At max_clients one that was seen
/// long ago makes room (of up to 64 the one seen longest ago); its friction is kept by the penalty
/// store. Belongs to one thread. Refers to its configuration, which must outlive it.
///
/// Constant time, also for an unknown client, whose memory is an evicted one's where there is one.
class Registry {
public:
    /// hash_key  random, so that nobody can choose clients whose keys collide.
    Registry(const FrictionConfig& config, HashKey hash_key);

    /// Controller::check_and_record, record and admit of one client, made where unknown.
    Decision check_and_record(std::string_view client, ToolId tool, Moment now,
                              SaturationListener* listener = nullptr);
    void record(std::string_view client, ToolId tool, Moment now,
                SaturationListener* listener = nullptr);
    Admission admit(std::string_view client, ToolId tool, Moment now,
                    Justification justification = Justification::absent,
                    SaturationListener* listener = nullptr);

    Admission admit_at_least(double floor, std::string_view client, ToolId tool, Moment now,
                             Justification justification = Justification::absent);

    struct Call {
        std::string_view client;
        ToolId tool;
        Justification justification = Justification::absent;
    };
    /// admit() of each in their order, and much faster than one by one where the clients are many:
    /// what a call reads is fetched while those before it are decided.
    /// admissions  As many as calls.
    void admit(std::span<const Call> calls, Moment now, std::span<Admission> admissions,
               SaturationListener* listener = nullptr);

    // Two steps towards a client's call, each of which starts to fetch what the next one reads:
    // for as early as the client is known, with other work behind each.
    void prefetch_index(std::string_view client) const {
        clients_.prefetch_index(clients_.hash_of(client));
    }
    void prefetch_client(std::string_view client) const {
        clients_.prefetch_client(clients_.hash_of(client));
    }

    /// Records a call whatever is thought of it, and gives what is.
    Decision observe(std::string_view client, ToolId tool, Moment now,
                     SaturationListener* listener = nullptr);

    /// A known client, which this does not count as a use; null for another. Valid until the next
    /// call that is not const.
    const Controller* find(std::string_view client) const;

    /// The penalty of a client, known or evicted: its friction from penalty_min_friction on.
    std::optional<Penalty> penalty(std::string_view client, Moment now) const;
    /// Restores a penalty of earlier. One that is known already keeps what is more.
    void restore(std::string_view client, const Penalty& penalty, Moment now);
    /// As what an evicted client would come back; nothing where it has no penalty.
    std::optional<Controller> recall(std::string_view client, Moment now) const;

    /// Forgets a client and its penalty, as when an operator pardons it; whether there was any.
    bool forget(std::string_view client);

    /// Gives a known client its budget anew; false for another.
    bool reset_budget(std::string_view client);

    std::size_t size() const { return clients_.size(); }
    std::size_t penalties() const { return penalties_.size(); }

private:
    Controller& controller_of(std::string_view client, Moment now) {
        return controller_of(clients_.hash_of(client), client, now);
    }
    Controller& controller_of(std::uint64_t hash, std::string_view client, Moment now);
    Controller& add(std::uint64_t hash, std::string_view client, Moment now);

    const FrictionConfig* config_;
    ClientTable clients_;
    PenaltyStore penalties_;
};

}  // namespace sluice::friction
