#include "resource/decision.h"

namespace sluice::resource {

Decision decide(const token::TokenInfo& token, const Policy& policy, std::string_view tool,
                const friction::Admission* admission) {
    const token::ScopeSet& needed = policy.needed_for(tool);
    if (!token.scope.includes(needed)) {
        return {.outcome = Decision::Outcome::insufficient_scope, .needed = &needed};
    }
    if (admission == nullptr) return {};
    if (!admission->forward) return {.outcome = Decision::Outcome::refuse_friction};
    return {.delay = std::chrono::duration_cast<Duration>(admission->delay)};
}

}  // namespace sluice::resource
