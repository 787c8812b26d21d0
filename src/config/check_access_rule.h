// Validation of access rules: [[resource.tool]] and [[resource.rule]].
#pragma once

#include <vector>

#include "config/checks.h"
#include "config/problem.h"
#include "config/raw_resource.h"
#include "resource/settings.h"
#include "token/scope.h"

namespace sluice::config {

inline constexpr NameTable<resource::RuleAction, 2> rule_actions{
    {{"allow", resource::RuleAction::allow}, {"deny", resource::RuleAction::deny}}};

/// The rules for tools, then those for all else, each in the file's order. scopes  Those that there
/// are; null where another authorization server has its own.
std::vector<resource::AccessRule> check_access_rules(const RawResource& raw,
                                                     const token::ScopeSet* scopes,
                                                     Problems& problems);

}  // namespace sluice::config
