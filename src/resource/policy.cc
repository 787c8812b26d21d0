#include "resource/policy.h"

#include <re2/re2.h>

#include <algorithm>

#include "base/result.h"

namespace sluice::resource {
namespace {

constexpr std::int64_t pattern_memory_max = 1 << 20;  // bytes

}  // namespace

Policy::Policy() = default;
Policy::Policy(Policy&&) noexcept = default;
Policy& Policy::operator=(Policy&&) noexcept = default;
Policy::~Policy() = default;

std::expected<Policy, std::string> Policy::compile(const token::ScopeSet& required_scopes,
                                                   const std::vector<ToolRule>& rules) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_never_capture(true);
    options.set_max_mem(pattern_memory_max);
    Policy policy;
    policy.required_ = required_scopes;
    for (const ToolRule& rule : rules) {
        auto pattern = std::make_unique<re2::RE2>(rule.match, options);
        if (!pattern->ok()) return failure(pattern->error());
        policy.rules_.push_back({std::move(pattern), required_scopes.union_with(rule.scopes)});
    }
    return policy;
}

const token::ScopeSet& Policy::needed_for(std::string_view tool) const {
    const re2::StringPiece name(tool.data(), tool.size());
    for (const Rule& rule : rules_) {
        if (re2::RE2::FullMatch(name, *rule.pattern)) return rule.needed;
    }
    return required_;
}

bool Policy::is_uniform() const {
    return std::ranges::all_of(rules_, [&](const Rule& rule) { return rule.needed == required_; });
}

}  // namespace sluice::resource
