#include "server/policy_explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <vector>

#include "base/check.h"
#include "resource/decision/decision.h"
#include "token/introspection.h"

namespace sluice::server {
namespace {

using resource::AccessRequest;
using resource::Decision;
using resource::Policy;
using resource::RuleAction;
using resource::RuleTrial;
using resource::Truth;

constexpr int cannot_be_judged = 2;

std::string_view word_of(Truth truth) {
    switch (truth) {
        case Truth::no:
            return "no";
        case Truth::unknown:
            return "unknown";
        case Truth::yes:
            break;
    }
    return "yes";
}

/// What the configuration knows of the user; nothing for one who is not in it.
std::optional<std::vector<token::Attribute>> attributes_of(const oauth::Settings* auth,
                                                           const std::string& username) {
    std::vector<token::Attribute> attributes;
    if (username.empty()) return attributes;
    if (auth == nullptr) return std::nullopt;
    const auto user = std::ranges::find(auth->users, username, &oauth::UserSetting::username);
    if (user == auth->users.end()) return std::nullopt;
    attributes = user->attributes;
    attributes.push_back({"username", user->username});
    attributes.push_back({"name", user->name});
    if (!user->email.empty()) attributes.push_back({"email", user->email});
    return attributes;
}

std::string verdict_of(const Decision& decision, const resource::ResourceSettings& resource) {
    const std::string rule = decision.rule ? fmt::format("rule {} decides", *decision.rule + 1)
                                           : std::string("no rule applies");
    switch (decision.outcome) {
        case Decision::Outcome::insufficient_scope:
            return fmt::format("insufficient_scope: {}, and it needs {}", rule,
                               decision.needed->text());
        case Decision::Outcome::access_denied:
            if (decision.rule) return fmt::format("access_denied: {}", rule);
            return resource.default_action == RuleAction::deny
                       ? fmt::format("access_denied: {}, and the default is deny", rule)
                       : fmt::format(
                             "access_denied: {}, and the conditions of those that name it "
                             "are not met",
                             rule);
        default:
            return fmt::format("allowed: {}", rule);
    }
}

std::string why(const RuleTrial& trial, const resource::AccessRule& rule) {
    if (!trial.names_it) return "does not name it";
    std::string text = trial.applies ? "applies" : "does not apply";
    for (const auto& [attribute, truth] : trial.each) {
        fmt::format_to(std::back_inserter(text), "; {}: {}", attribute, word_of(truth));
    }
    if (trial.applies && rule.action == RuleAction::allow && !trial.has_scopes) {
        fmt::format_to(std::back_inserter(text), "; lacks a scope of: {}", rule.scopes.text());
    }
    return text;
}

const resource::ResourceSettings* find_resource(const resource::Settings& settings,
                                                const std::string& path) {
    if (path.empty()) return settings.resources.size() == 1 ? &settings.resources[0] : nullptr;
    const auto found =
        std::ranges::find(settings.resources, path, &resource::ResourceSettings::path);
    return found == settings.resources.end() ? nullptr : &*found;
}

int complain(std::string_view text) {
    fmt::print(stderr, "sluice: {}\n", text);
    return cannot_be_judged;
}

}  // namespace

std::string explain(const resource::ResourceSettings& resource, const oauth::Settings* auth,
                    const ExplainCommand& command, const JsonValue& arguments) {
    auto policy =
        Policy::compile(resource.required_scopes, resource.rules, resource.default_action);
    CHECK(policy.has_value(), policy.error());
    const auto attributes = attributes_of(auth, command.user);
    const auto granted = token::ScopeSet::parse(command.scope.value_or(""));
    const AccessRequest request{
        .method = command.method,
        .object = command.object,
        .granted = command.scope && granted ? &*granted : nullptr,
        .client_id = command.client,
        .subject = command.user.empty() ? command.client : command.user,
        .attributes = attributes ? std::optional(std::span(*attributes)) : std::nullopt,
        .arguments = {.seen = true, .value = arguments}};
    std::string text = verdict_of(resource::decide(request, *policy), resource) + "\n";
    for (std::size_t place = 0; place < policy->size(); ++place) {
        const resource::AccessRule& rule = resource.rules[place];
        fmt::format_to(std::back_inserter(text), "  {}. {} {} \"{}\": {}\n", place + 1,
                       rule.action == RuleAction::allow ? "allow" : "deny", rule.method, rule.match,
                       why(policy->try_rule(place, request), rule));
    }
    fmt::format_to(std::back_inserter(text), "  default: {}\n",
                   resource.default_action == RuleAction::allow ? "allow" : "deny");
    if (!attributes) {
        fmt::format_to(std::back_inserter(text),
                       "The user is not in the configuration: user.NAME is unknown here; a running "
                       "server looks in its storage.\n");
    }
    return text;
}

int run_explain(const ExplainCommand& command) {
    const auto config = config::load_config_or_report(command.config);
    if (!config) return cannot_be_judged;
    const auto* const resource = find_resource(config->gateway(), command.resource);
    if (resource == nullptr) {
        return complain(command.resource.empty()
                            ? "there are several resources, or none: name one by --resource PATH"
                            : fmt::format("no [[resource]] has the path {}", command.resource));
    }
    if (command.method != "tools/call" && !resource::is_governed_method(command.method)) {
        return complain(fmt::format("no rule can be about {}", command.method));
    }
    if (command.scope && !token::ScopeSet::parse(*command.scope)) {
        return complain("--scope takes scope names with a space between");
    }
    const auto arguments = JsonDocument::parse(command.arguments.value_or("{}"));
    if (!arguments || !arguments->root().is_object()) {
        return complain("--args takes a JSON object: {\"path\": \"/public/a\"}");
    }
    const oauth::Settings* const auth = config->auth() ? &*config->auth() : nullptr;
    const std::string text = explain(*resource, auth, command, arguments->root());
    fmt::print("{}", text);
    return text.starts_with("allowed") ? 0 : 1;
}

}  // namespace sluice::server
