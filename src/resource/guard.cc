#include "resource/guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/check.h"

namespace sluice::resource {

CallerKey CallerKey::of(std::string_view issuer, std::string_view client_id,
                        std::string_view subject) {
    // Lengths ahead of the texts, so that no two callers give one key.
    fmt::basic_memory_buffer<char, 512> text;
    for (const std::string_view part : {issuer, client_id}) {
        const std::uint64_t size = part.size();
        const char* const bytes = reinterpret_cast<const char*>(&size);
        text.append(bytes, bytes + sizeof size);
        text.append(part);
    }
    text.append(subject);
    return CallerKey(crypto::sha256({text.data(), text.size()}));
}

unsigned CallerKey::owner(unsigned shard_count) const {
    return static_cast<unsigned>(crypto::DigestHash{}(digest_) % shard_count);
}

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
    if (!floors.empty() && tool.is_listed()) [[unlikely]] {
        return registry(resource).admit_at_least(floors[tool.index()], caller.text(), tool,
                                                 now.time_since_epoch(), justification);
    }
    return registry(resource).admit(caller.text(), tool, now.time_since_epoch(), justification);
}

friction::Decision Guard::observe(std::size_t resource, const CallerKey& caller,
                                  friction::ToolId tool, MonotonicTime now) {
    return registry(resource).observe(caller.text(), tool, now.time_since_epoch());
}

std::vector<friction::Decision> Guard::standing(std::size_t resource, const CallerKey& caller,
                                                MonotonicTime now) const {
    std::vector<friction::Decision> standing;
    const Entry& entry = resources_.at(resource);
    if (entry.registry == nullptr) return standing;
    const friction::Controller* const controller = entry.registry->find(caller.text());
    if (controller == nullptr) return standing;
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
    return entry.registry != nullptr && entry.registry->forget(caller.text());
}

}  // namespace sluice::resource
