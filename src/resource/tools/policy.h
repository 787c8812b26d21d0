// Access policy (scopes by tool): the resource's own and those of the first rule that matches.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "resource/settings.h"
#include "token/scope.h"

namespace re2 {
class RE2;
}

namespace sluice::resource {

/// The compiled tool rules of one resource. RE2 takes time linear in the name, whatever the
/// pattern. Immutable, but for what it remembers; each shard has its own.
class Policy {
public:
    /// Errors: a pattern that RE2 refuses, with its words.
    static std::expected<Policy, std::string> compile(const token::ScopeSet& required_scopes,
                                                      const std::vector<ToolRule>& rules);
    Policy(Policy&&) noexcept;
    Policy& operator=(Policy&&) noexcept;
    ~Policy();

    /// What every request needs.
    const token::ScopeSet& required() const { return required_; }
    /// What a call of `tool` needs: the required scopes and those of the first rule whose pattern
    /// matches the whole name. Valid while the policy lives.
    const token::ScopeSet& needed_for(std::string_view tool) const;
    /// No tool needs more than every request does, so that no list has anything to hide.
    bool is_uniform() const;

private:
    struct Rule {
        std::unique_ptr<re2::RE2> pattern;
        token::ScopeSet needed;  // with the required ones
    };
    Policy();

    const token::ScopeSet& needed_by(std::size_t rule) const;
    std::size_t match(std::string_view tool) const;

    /// Names that were asked about lately, each at the place that its hash gives it: agents call
    /// the same few tools all the time.
    struct Known {
        std::string tool;
        std::size_t rule = 0;  // rules_.size(): none
    };
    static constexpr std::size_t known_count = 256;
    mutable std::vector<Known> known_;

    token::ScopeSet required_;
    std::vector<Rule> rules_;
};

}  // namespace sluice::resource
