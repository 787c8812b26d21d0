// Choosing scopes.
#include "oauth/grants/scope_policy.h"

#include <algorithm>
#include <string>

#include "base/check.h"

namespace sluice::oauth {
namespace {

constexpr std::string_view offline_access = "offline_access";

bool may_have(const Settings& settings, const Client& client, std::string_view name) {
    return is_known_scope(settings, name) &&
           (!client.scope_max || client.scope_max->contains(name));
}

Result<token::ScopeSet> parse_scope(std::string_view text) {
    auto scope = token::ScopeSet::parse(text);
    if (!scope) return refuse(ErrorCode::invalid_scope, scope.error().reason);
    return *std::move(scope);
}

// The default scope, as far as the client may have it.
token::ScopeSet default_scope_of(const Settings& settings, const Client& client) {
    if (!client.scope_max) return settings.default_scope;
    return settings.default_scope.intersection_with(*client.scope_max);
}

}  // namespace

bool is_known_scope(const Settings& settings, std::string_view name) {
    return std::ranges::find(settings.scopes, name, &ScopeSetting::name) != settings.scopes.end() ||
           settings.default_scope.contains(name);
}

Result<token::ScopeSet> scope_to_grant(std::optional<std::string_view> asked,
                                       const Settings& settings, const Client& client) {
    token::ScopeSet wanted;
    if (asked) {
        TRY(wanted, parse_scope(*asked));
    }
    if (!asked || wanted.text() == offline_access) {
        wanted = default_scope_of(settings, client).union_with(wanted);
    }
    token::ScopeSet granted;
    for (const std::string_view name : wanted) {
        if (may_have(settings, client, name)) {
            granted.insert(name);
        } else if (name != offline_access) {
            return refuse(ErrorCode::invalid_scope,
                          "The scope " + describable(name) +
                              " does not exist or is not allowed for this client.");
        }
    }
    if (granted.empty()) {
        return refuse(ErrorCode::invalid_scope,
                      "None of the requested scopes is allowed for this client.");
    }
    CHECK(!client.scope_max || client.scope_max->includes(granted),
          "more than the client may have");
    return granted;
}

Result<token::ScopeSet> scope_of_refresh(std::optional<std::string_view> asked,
                                         const token::ScopeSet& granted, const Settings& settings,
                                         const Client& client) {
    if (!asked) return granted;
    TRY(token::ScopeSet wanted, parse_scope(*asked));
    if (!may_have(settings, client, offline_access)) {  // then scope_to_grant() left it out
        token::ScopeSet habit;
        habit.insert(offline_access);
        wanted = wanted.without(habit);
    }
    if (wanted.empty()) return granted;
    if (granted.includes(wanted)) return wanted;
    return refuse(ErrorCode::invalid_scope,
                  "The requested scope exceeds the granted scope. Authorize again to get more.");
}

}  // namespace sluice::oauth
