// Finding a client's controller, and making room for it.
#include "friction/registry.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "friction/estimator.h"

namespace sluice::friction {
namespace {

// Enough to hide what memory takes to answer, and few enough that it all stays in the first cache.
constexpr std::size_t calls_at_once = 16;

}  // namespace

Registry::Registry(const FrictionConfig& config, HashKey hash_key)
    : config_(&config), clients_(config, hash_key), penalties_(config, hash_key) {}

Decision Registry::check_and_record(std::string_view client, ToolId tool, Moment now,
                                    SaturationListener* listener) {
    return controller_of(client, now).check_and_record(tool, now, listener);
}

void Registry::record(std::string_view client, ToolId tool, Moment now,
                      SaturationListener* listener) {
    controller_of(client, now).record(tool, now, listener);
}

Admission Registry::admit(std::string_view client, ToolId tool, Moment now,
                          Justification justification, SaturationListener* listener) {
    return controller_of(client, now).admit(tool, now, justification, listener);
}

Admission Registry::admit_at_least(double floor, std::string_view client, ToolId tool, Moment now,
                                   Justification justification) {
    return controller_of(client, now).admit_at_least(floor, tool, now, justification);
}

void Registry::admit(std::span<const Call> calls, Moment now, std::span<Admission> admissions,
                     SaturationListener* listener) {
    CHECK(calls.size() == admissions.size());
    std::array<std::uint64_t, calls_at_once> hashes;
    for (std::size_t first = 0; first < calls.size(); first += calls_at_once) {
        const auto some = calls.subspan(first, std::min(calls_at_once, calls.size() - first));
        for (std::size_t i = 0; i < some.size(); ++i) {
            hashes[i] = clients_.hash_of(some[i].client);
            clients_.prefetch_index(hashes[i]);
        }
        for (std::size_t i = 0; i < some.size(); ++i) clients_.prefetch_client(hashes[i]);
        for (std::size_t i = 0; i < some.size(); ++i) {
            const auto& [client, tool, justification] = some[i];
            admissions[first + i] =
                controller_of(hashes[i], client, now).admit(tool, now, justification, listener);
        }
    }
}

Decision Registry::observe(std::string_view client, ToolId tool, Moment now,
                           SaturationListener* listener) {
    Controller& controller = controller_of(client, now);
    const Decision decision = controller.check(tool, now);
    controller.record(tool, now, listener);
    return decision;
}

const Controller* Registry::find(std::string_view client) const {
    const auto slot = clients_.find(clients_.hash_of(client), client);
    return slot == ClientTable::none ? nullptr : &clients_.controller(slot);
}

std::optional<Penalty> Registry::penalty(std::string_view client, Moment now) const {
    const Controller* const known = find(client);
    return known != nullptr ? PenaltyStore::penalty_of(*config_, *known, now)
                            : penalties_.find(client, now);
}

void Registry::restore(std::string_view client, const Penalty& penalty, Moment now) {
    const auto slot = clients_.find(clients_.hash_of(client), client);
    if (slot == ClientTable::none) return penalties_.keep(client, penalty, now);
    if (now - penalty.last_call > config_->penalty_ttl()) return;
    Controller& known = clients_.controller(slot);
    if (!known.last_call()) return PenaltyStore::charge(*config_, penalty, known);
    // Its friction fades from its own last call on, which came later.
    const double fading = config_->recover_while_idle() ? config_->time_decay_rate() : 0;
    const double passed = (*known.last_call() - penalty.last_call).count();
    for (const Penalty::Tool& tool : penalty.tools) {
        const double left = tool.friction * decay_factor(passed, fading);
        if (left > known.frictions()[tool.id.index()]) {
            known.restore(tool.id, left, std::nullopt);
        }
    }
}

std::optional<Controller> Registry::recall(std::string_view client, Moment now) const {
    const std::optional<Penalty> penalty = penalties_.find(client, now);
    if (!penalty) return std::nullopt;
    Controller controller(*config_);
    PenaltyStore::charge(*config_, *penalty, controller);
    return controller;
}

bool Registry::forget(std::string_view client) {
    const auto slot = clients_.find(clients_.hash_of(client), client);
    if (slot != ClientTable::none) clients_.erase(slot);
    const bool had_penalty = penalties_.forget(client);
    return slot != ClientTable::none || had_penalty;
}

bool Registry::reset_budget(std::string_view client) {
    const auto slot = clients_.find(clients_.hash_of(client), client);
    if (slot != ClientTable::none) clients_.controller(slot).reset_budget();
    return slot != ClientTable::none;
}

Controller& Registry::controller_of(std::uint64_t hash, std::string_view client, Moment now) {
    if (const auto slot = clients_.find(hash, client); slot != ClientTable::none) [[likely]] {
        clients_.touch(slot);
        return clients_.controller(slot);
    }
    return add(hash, client, now);
}

Controller& Registry::add(std::uint64_t hash, std::string_view client, Moment now) {
    if (clients_.size() >= config_->max_clients()) {
        const auto evicted = clients_.next_to_go();
        penalties_.keep(clients_.key(evicted), clients_.controller(evicted), now);
        clients_.erase(evicted);
    }
    Controller& controller = clients_.controller(clients_.insert(hash, client));
    CHECK(clients_.size() <= config_->max_clients());
    penalties_.restore(client, controller, now);
    return controller;
}

}  // namespace sluice::friction
