#include "resource/tools/policy.h"

#include <re2/re2.h>

#include <algorithm>
#include <functional>

#include "base/check.h"
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
    if (!rules.empty()) policy.known_.resize(known_count);
    for (const ToolRule& rule : rules) {
        auto pattern = std::make_unique<re2::RE2>(rule.match, options);
        if (!pattern->ok()) return failure(pattern->error());
        policy.rules_.push_back({std::move(pattern), required_scopes.union_with(rule.scopes)});
    }
    return policy;
}

const token::ScopeSet& Policy::needed_for(std::string_view tool) const {
    if (rules_.empty()) return required_;
    CHECK(known_.size() == known_count);
    Known& known = known_[std::hash<std::string_view>{}(tool) % known_count];
    if (known.tool != tool || tool.empty()) {
        known.rule = match(tool);
        known.tool = tool;
    }
    return needed_by(known.rule);
}

const token::ScopeSet& Policy::needed_by(std::size_t rule) const {
    return rule < rules_.size() ? rules_[rule].needed : required_;
}

std::size_t Policy::match(std::string_view tool) const {
    const re2::StringPiece name(tool.data(), tool.size());
    const auto matches = [name](const Rule& rule) {
        return re2::RE2::FullMatch(name, *rule.pattern);
    };
    return static_cast<std::size_t>(std::ranges::find_if(rules_, matches) - rules_.begin());
}

bool Policy::is_uniform() const {
    return std::ranges::all_of(rules_, [&](const Rule& rule) { return rule.needed == required_; });
}

}  // namespace sluice::resource
