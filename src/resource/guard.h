// Friction for verified callers: one shard's part of every resource's registry of clients.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "friction/controller.h"
#include "resource/settings.h"
#include "token/introspection.h"

namespace sluice::resource {

/// Who a call's friction is counted for: issuer, client and subject of a verified token, so that
/// neither a new session nor a new token starts afresh.
class CallerKey {
public:
    static CallerKey of(const token::TokenInfo& info);

    /// The shard whose Guard holds this caller's controllers, so that rates are exact.
    unsigned owner(unsigned shard_count) const { return static_cast<unsigned>(low_ % shard_count); }

    std::uint64_t low() const { return low_; }
    std::uint64_t high() const { return high_; }
    friend bool operator==(const CallerKey&, const CallerKey&) = default;

private:
    CallerKey(std::uint64_t low, std::uint64_t high) : low_(low), high_(high) {}
    std::uint64_t low_;
    std::uint64_t high_;
};

/// Lives on one shard; reached from others by io::Sharded<Guard>.
class Guard {
public:
    /// shard_count  Shares each resource's max_clients among the shards.
    Guard(const Settings& settings, unsigned shard_count);
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard();

    /// One call of a tool by a verified caller that is allowed to make it. A tool without friction
    /// of its own counts for the fractions of all. Only for a resource that has friction.
    /// resource  Its place in Settings::resources.
    friction::Admission admit(std::size_t resource, const CallerKey& caller, friction::ToolId tool,
                              MonotonicTime now);

private:
    struct Registries;
    std::unique_ptr<Registries> registries_;
};

}  // namespace sluice::resource
