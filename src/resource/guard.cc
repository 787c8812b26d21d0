#include "resource/guard.h"

#include <fmt/format.h>

#include "base/check.h"

namespace sluice::resource {

CallerKey CallerKey::of(std::string_view issuer, const token::TokenInfo& info) {
    // Lengths ahead of the texts, so that no two callers give one key.
    return CallerKey(
        crypto::sha256(fmt::format("{}:{}{}:{}{}", issuer.size(), issuer, info.client_id.size(),
                                   info.client_id, info.subject)));
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

friction::Admission Guard::admit(std::size_t resource, const CallerKey& caller,
                                 friction::ToolId tool, MonotonicTime now) {
    friction::Registry* const registry = resources_.at(resource).registry.get();
    CHECK(registry != nullptr, "a resource without friction was asked for it");
    return registry->admit(caller.text(), tool, now.time_since_epoch());
}

}  // namespace sluice::resource
