// Protected resource (RFC 9728 §1.2) on one shard: its settings, compiled, and the texts its
// answers need.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "resource/policy/policy.h"
#include "resource/settings.h"
#include "resource/tokens/verifier.h"
#include "resource/upstream/upstream.h"

namespace sluice::resource {

/// Immutable after its making, but for what the verifier remembers.
class ProtectedResource {
public:
    /// index     The place of `settings` in Settings::resources. CHECKs what the configuration has
    /// checked before: patterns.
    /// upstream  Null where the resource is not behind the gateway and asks for decisions.
    ProtectedResource(std::size_t index, const ResourceSettings& settings,
                      std::unique_ptr<Verifier> verifier, std::unique_ptr<Upstream> upstream);

    std::size_t index() const { return index_; }
    const ResourceSettings& settings() const { return settings_; }
    const Policy& policy() const { return policy_; }
    Verifier& verifier() const { return *verifier_; }

    /// Whether the gateway stands before it: otherwise it only asks for decisions.
    bool is_proxied() const { return upstream_ != nullptr; }
    Upstream& upstream() const { return *upstream_; }

    const std::string& metadata_url() const { return metadata_url_; }
    /// What a client without a token is asked to request: RFC 6750 §3, generous as configured.
    const token::ScopeSet& entry_scope() const { return entry_scope_; }
    /// WWW-Authenticate for a request without credentials.
    const std::string& entry_challenge() const { return entry_challenge_; }

private:
    std::size_t index_;
    const ResourceSettings& settings_;
    Policy policy_;
    std::unique_ptr<Verifier> verifier_;
    std::unique_ptr<Upstream> upstream_;  // null: not proxied
    std::string metadata_url_;
    token::ScopeSet entry_scope_;
    std::string entry_challenge_;
};

}  // namespace sluice::resource
