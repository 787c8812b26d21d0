// Access policy (attribute-based access control): the ordered rules of one resource. The first that
// applies decides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "resource/policy/access_request.h"
#include "resource/policy/condition.h"
#include "resource/policy/pattern.h"
#include "resource/settings.h"
#include "token/scope.h"

namespace sluice::resource {

/// What the rules say of a request.
struct Ruling {
    enum class Outcome : std::uint8_t {
        allow,
        insufficient_scope,  // a rule would allow it to who has `needed`
        deny,
    };
    Outcome outcome = Outcome::allow;
    std::optional<std::size_t> rule{};        // that decided: its place; nothing: no rule applied
    const token::ScopeSet* needed = nullptr;  // of insufficient_scope; lives as long as the policy
};

/// One rule, tried on a request; for people who want to know why.
struct RuleTrial {
    bool names_it = false;          // method and pattern match
    Truth conditions = Truth::yes;  // all of `when`
    bool has_scopes = false;
    bool applies = false;  // were it asked, it would decide
    std::vector<std::pair<std::string, Truth>>
        each;  // of `when`: attribute and what is known of it
};

/// The compiled rules of one resource. Immutable, but for what it remembers; each shard has its
/// own.
///
/// A rule names a request whose method and object it matches, and applies where its conditions
/// hold: an allow rule where they are known to hold, a deny rule unless they are known not to.
/// Where no rule applies: a request that an allow rule names is denied, since there are conditions
/// that it does not meet; any other gets the default, which is about tools, resources, prompts and
/// completions, and not about tasks, which only who began one can ask for.
class Policy {
public:
    /// What to take arguments for that nobody has seen.
    enum class Arguments : std::uint8_t {
        as_given,    // of a call: what is not there helps nobody
        any_at_all,  // of a list: what could be allowed with some arguments is shown
    };

    /// Errors: a pattern that RE2 refuses, with its words; a condition on no attribute.
    static std::expected<Policy, std::string> compile(
        const token::ScopeSet& required_scopes, const std::vector<AccessRule>& rules,
        RuleAction default_action = RuleAction::allow);

    /// What every request needs.
    const token::ScopeSet& required() const { return required_; }
    /// Decides. Allocates nothing for a tool that was asked about lately.
    Ruling rule_on(const AccessRequest& request, Arguments arguments = Arguments::as_given) const;
    /// Tries the rule at this place alone.
    RuleTrial try_rule(std::size_t rule, const AccessRequest& request) const;
    std::size_t size() const { return rules_.size(); }

    /// Every tool is allowed to who may make a request at all, so that no list has anything to
    /// hide.
    bool is_uniform() const;
    /// Some rule looks at arguments; at what is known of the person.
    bool is_about_arguments() const { return about_arguments_; }
    bool is_about_person() const { return about_person_; }
    /// Some rule is about something else than tools, or such is denied by default.
    bool governs_more_than_tools() const { return about_methods_; }

private:
    struct Rule {
        AccessRule settings;
        Pattern pattern;
        token::ScopeSet needed;  // with the required ones
        std::vector<Condition> conditions{};

        bool names_method(std::string_view method) const;
        Truth test(const AccessRequest& request, Arguments arguments) const;
    };
    using Places = std::vector<std::uint32_t>;  // of rules, in order
    Policy() = default;

    Places rules_naming(std::string_view method, std::string_view object) const;
    const Places& rules_naming_tool(std::string_view tool) const;
    Ruling rule_by(const Places& named, const AccessRequest& request, Arguments arguments) const;
    bool grants(const AccessRequest& request, const token::ScopeSet& needed) const;

    /// Names that were asked about lately, each at the place that its hash gives it: agents call
    /// the same few tools all the time.
    struct Known {
        std::string tool;
        Places rules;
    };
    static constexpr std::size_t known_count = 256;
    mutable std::vector<Known> known_;

    token::ScopeSet required_;
    std::vector<Rule> rules_;
    RuleAction default_action_ = RuleAction::allow;
    bool about_arguments_ = false;
    bool about_person_ = false;
    bool about_methods_ = false;
};

}  // namespace sluice::resource
