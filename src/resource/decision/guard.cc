#include "resource/decision/guard.h"

#include <algorithm>

#include "base/check.h"

namespace sluice::resource {

Guard::Guard(const Settings& settings, Random& random) {
    for (const ResourceSettings& resource : settings.resources) {
        Entry& entry = resources_.emplace_back();
        if (resource.friction == nullptr) continue;
        entry.config = resource.friction;
        entry.registry = std::make_unique<friction::Registry>(
            *entry.config, friction::HashKey{random.next_u64(), random.next_u64()});
    }
}

friction::Registry& Guard::registry(std::size_t resource) const {
    friction::Registry* const registry = resources_.at(resource).registry.get();
    CHECK(registry != nullptr, "a resource without friction was asked for it");
    return *registry;
}

friction::Admission Guard::admit(std::size_t resource, const CallerKey& caller,
                                 friction::ToolId tool, MonotonicTime now,
                                 friction::Justification justification) {
    const std::vector<double>& floors = resources_.at(resource).floors;
    const bool floored = !floors.empty() && tool.is_listed();
    CHECK(!floored || tool.index() < floors.size(), "a tool of another resource");
    const friction::Admission admission =
        floored
            ? registry(resource).admit_at_least(floors[tool.index()], caller.text(), tool,
                                                now.time_since_epoch(), justification)
            : registry(resource).admit(caller.text(), tool, now.time_since_epoch(), justification);
    note_penalty(resources_[resource], caller, admission.decision.friction);
    return admission;
}

friction::Decision Guard::observe(std::size_t resource, const CallerKey& caller,
                                  friction::ToolId tool, MonotonicTime now) {
    const friction::Decision decision =
        registry(resource).observe(caller.text(), tool, now.time_since_epoch());
    note_penalty(resources_[resource], caller, decision.friction);
    return decision;
}

std::vector<friction::Decision> Guard::standing(std::size_t resource, const CallerKey& caller,
                                                MonotonicTime now) const {
    std::vector<friction::Decision> standing;
    const Entry& entry = resources_.at(resource);
    if (entry.registry == nullptr) return standing;
    const friction::Controller* controller = entry.registry->find(caller.text());
    std::optional<friction::Controller> recalled;
    if (controller == nullptr) {
        recalled = entry.registry->recall(caller.text(), now.time_since_epoch());
        if (!recalled) return standing;
        controller = &*recalled;
    }
    for (const friction::ToolPolicy& tool : entry.config->tools()) {
        standing.push_back(
            controller->check(entry.config->tool(tool.name), now.time_since_epoch()));
    }
    return standing;
}

void Guard::set_friction_floor(std::size_t resource, std::string_view tool, double floor) {
    Entry& entry = resources_.at(resource);
    if (entry.config == nullptr) return;
    const friction::ToolId id = entry.config->tool(tool);
    if (!id.is_listed()) return;
    CHECK(floor >= 0 && floor <= 1);
    entry.floors.resize(entry.config->tools().size());
    entry.floors[id.index()] = floor;
    if (std::ranges::all_of(entry.floors, [](double of) { return of == 0; })) entry.floors.clear();
}

std::size_t Guard::client_count(std::size_t resource) const {
    const Entry& entry = resources_.at(resource);
    return entry.registry == nullptr ? 0 : entry.registry->size();
}

bool Guard::forgive(std::size_t resource, const CallerKey& caller) {
    const Entry& entry = resources_.at(resource);
    if (entry.registry == nullptr) return false;
    if (entry.penalties != nullptr) entry.penalties->doubt(caller);
    return entry.registry->forget(caller.text());
}

}  // namespace sluice::resource
