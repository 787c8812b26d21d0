// Friction for verified callers: one shard's part of every resource's registry of clients.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "crypto/digest.h"
#include "friction/registry.h"
#include "resource/settings.h"
#include "resource/tool_book.h"
#include "token/introspection.h"

namespace sluice::resource {

/// Who a call's friction is counted for: issuer, client and subject of a verified token, so that
/// neither a new session nor a new token starts afresh, and nobody without a token has one.
class CallerKey {
public:
    /// issuer  The one the resource trusts: not every answer of an introspection tells it.
    static CallerKey of(std::string_view issuer, std::string_view client_id,
                        std::string_view subject);
    static CallerKey of(std::string_view issuer, const token::TokenInfo& info) {
        return of(issuer, info.client_id, info.subject);
    }

    /// The shard whose Guard holds this caller's controllers, so that rates are exact.
    unsigned owner(unsigned shard_count) const;
    /// For Registry; valid while *this lives.
    std::string_view text() const { return crypto::as_text(digest_); }

    friend bool operator==(const CallerKey&, const CallerKey&) = default;

private:
    explicit CallerKey(const crypto::Digest& digest) : digest_(digest) {}
    crypto::Digest digest_;
};

/// Lives on one shard; reached from others by io::Sharded<Guard>. Each shard's registry of a
/// resource holds up to the configuration's max_clients.
class Guard {
public:
    Guard(const Settings& settings, Random& random);
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    /// One call of a tool by a verified caller that is allowed to make it: decides, and records it
    /// where it passes. A tool without friction of its own counts for the fractions of all.
    /// resource  The place in Settings::resources of one that has friction.
    friction::Admission admit(
        std::size_t resource, const CallerKey& caller, friction::ToolId tool, MonotonicTime now,
        friction::Justification justification = friction::Justification::absent);
    // What the caller's next call here reads is fetched meanwhile; first the index, then, after
    // some other work, the caller's own. Nothing for a resource without friction.
    void prefetch_index(std::size_t resource, const CallerKey& caller) const {
        const friction::Registry* const registry = resources_[resource].registry.get();
        if (registry != nullptr) registry->prefetch_index(caller.text());
    }
    void prefetch_client(std::size_t resource, const CallerKey& caller) const {
        const friction::Registry* const registry = resources_[resource].registry.get();
        if (registry != nullptr) registry->prefetch_client(caller.text());
    }

    /// Records a call whatever friction says of it, and gives what it said.
    friction::Decision observe(std::size_t resource, const CallerKey& caller, friction::ToolId tool,
                               MonotonicTime now);

    /// How a caller stands: one decision for each of the configuration's tools, in their order.
    /// Empty where the caller is not known (or the resource has no friction).
    std::vector<friction::Decision> standing(std::size_t resource, const CallerKey& caller,
                                             MonotonicTime now) const;
    /// Calls of `tool` meet at least this friction, until it is set anew; 0: what their use gives.
    /// Nothing comes of it for a tool without friction of its own.
    void set_friction_floor(std::size_t resource, std::string_view tool, double floor);

    /// What the resource's tools are; only one shard's is used: book_owner() in tool_changes.h.
    ToolBook& book(std::size_t resource) { return resources_.at(resource).book; }
    const ToolBook& book(std::size_t resource) const { return resources_.at(resource).book; }

    /// Callers whose state is kept here; 0 where the resource has no friction.
    std::size_t client_count(std::size_t resource) const;
    /// Forgets a caller and what it owes; whether there was anything.
    bool forgive(std::size_t resource, const CallerKey& caller);

private:
    friction::Registry& registry(std::size_t resource) const;

    struct Entry {
        std::shared_ptr<const friction::FrictionConfig> config;
        std::vector<double> floors;  // by tool; empty while none is set
        ToolBook book;
        std::unique_ptr<friction::Registry> registry;  // null where the resource has no friction
    };
    std::vector<Entry> resources_;
};

}  // namespace sluice::resource
