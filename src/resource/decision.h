// The one place that decides on a tool: at tools/call, single and in batches, and for what
// tools/list shows.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "friction/controller.h"
#include "resource/policy.h"
#include "token/introspection.h"

namespace sluice::resource {

struct Decision {
    enum class Outcome : std::uint8_t {
        allow,               // after `delay`
        insufficient_scope,  // 403 with a challenge for `needed`
        refuse_friction,     // a tool result that says when to try again
    };
    Outcome outcome = Outcome::allow;
    const token::ScopeSet* needed = nullptr;  // of insufficient_scope; lives as long as the policy
    Duration delay{};

    bool allowed() const { return outcome == Outcome::allow; }
};

/// Whether `token`, which is active and meant for this resource, may use `tool`.
/// admission  What friction says of this very call, asked for only once decide(token, policy, tool)
///            allowed it; null where the tool is only shown or the resource has no friction.
Decision decide(const token::TokenInfo& token, const Policy& policy, std::string_view tool,
                const friction::Admission* admission = nullptr);

}  // namespace sluice::resource
