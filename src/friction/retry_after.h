// Retry-After: how long a refused client has to wait until the same call passes.
#pragma once

#include "friction/config.h"
#include "friction/decision.h"

namespace sluice::friction {

/// Fills retry_after_seconds and waiting_helps of a refused decision. Friction f is f·e^(-rt) after
/// t idle seconds; the call passes once that is below the block and its cost within the budget.
void set_retry_after(Decision& decision, const ToolPolicy& tool, const FrictionConfig& config);

}  // namespace sluice::friction
