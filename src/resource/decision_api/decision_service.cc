#include "resource/decision_api/decision_service.h"

#include <algorithm>

#include "base/check.h"
#include "resource/mcp/justification.h"

namespace sluice::resource {
namespace {

/// Keeps its strings' room.
void clear(token::TokenInfo& info) {
    info.scope = {};
    info.client_id.clear();
    info.subject.clear();
    info.attributes.clear();
    info.knows_person = false;
}

/// A scope that no token could have stands for none at all.
token::ScopeSet scope_of(std::string_view text) {
    return token::ScopeSet::parse(text).value_or(token::ScopeSet());
}

}  // namespace

const ProtectedResource* DecisionService::find_resource(std::string_view name,
                                                        const token::ResourceRights& rights) const {
    const auto resources = gateway_.resources();
    if (name.empty()) {
        const auto is_asked = [&rights](const auto& resource) {
            return is_over(rights, *resource);
        };
        const auto only = std::ranges::find_if(resources, is_asked);
        const bool found = only != resources.end() && std::find_if(std::next(only), resources.end(),
                                                                   is_asked) == resources.end();
        return found ? only->get() : nullptr;
    }
    const auto is_named = [name](const auto& resource) {
        const ResourceSettings& settings = resource->settings();
        return settings.path == name || settings.identifier.text() == name;
    };
    auto found = std::ranges::find_if(resources, is_named);
    if (found == resources.end()) {
        found = std::ranges::find_if(resources, [name](const auto& resource) {
            return resource->settings().identifier.matches(name);
        });
    }
    return found == resources.end() ? nullptr : found->get();
}

const ProtectedResource* DecisionService::find_resource_at(std::string_view path) const {
    const ProtectedResource* longest = nullptr;
    for (const auto& resource : gateway_.resources()) {
        const std::string& above = resource->settings().path;
        const bool covers =
            above == "/" ||
            (path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '/'));
        if (!covers || path.empty()) continue;
        if (longest == nullptr || above.size() > longest->settings().path.size()) {
            longest = resource.get();
        }
    }
    return longest;
}

bool is_over(const token::ResourceRights& rights, const ProtectedResource& resource) {
    return rights.cover(resource.settings().identifier.text());
}

io::Task<Verdict> DecisionService::judge(Question question, token::TokenInfo& caller) {
    const DecisionRequest& request = question.request;
    const ProtectedResource& resource = question.resource;
    Verdict verdict;
    if (request.token.empty()) {
        verdict.denial = name_caller(question, caller);
    } else {
        const auto known = co_await resource.verifier().verify(
            request.token, question.exchange.request().peer(), &question.exchange.scope(), caller);
        verdict.denial = check_token(question, known, caller);
    }
    if (!verdict.denial && !request.tool.empty()) {
        if (!request.token.empty() && resource.policy().is_about_person()) {
            co_await resource.verifier().describe_person(caller);
        }
        CHECK(!caller.client_id.empty() || !request.token.empty(), "a call of nobody");
        const CallerKey key = CallerKey::of(resource.settings().issuer, caller);
        const unsigned owner = key.owner(parts_.guards.count());
        if (owner == parts_.shard.index()) {
            // It is fetched while rights are looked at.
            co_await parts_.guards.call(parts_.shard, owner, [&resource, &key](Guard& guard) {
                guard.prefetch_index(resource.index(), key);
            });
        }
        const bool rights_known = request.client_id.empty() || request.scope.has_value();
        verdict.decision = co_await decide_call(
            parts_, {.resource = resource,
                     .caller = key,
                     .client_id = caller.client_id,
                     .subject = caller.subject,
                     .granted = rights_known ? &caller.scope : nullptr,
                     .tool = request.tool,
                     .method = request.method,
                     .justification = trim_justification(request.justification),
                     .request_id = question.exchange.request().id(),
                     .attributes = known_attributes(caller),
                     .arguments = request.arguments,
                     .counts_only = question.purpose == Purpose::record,
                     .name_is_unproven = question.name_is_unproven});
        if (verdict.decision.outcome == Decision::Outcome::insufficient_scope) {
            verdict.denial =
                denial_of_scope(resource, caller.scope, *verdict.decision.needed, request.tool);
        } else if (verdict.decision.outcome == Decision::Outcome::access_denied) {
            verdict.denial = denial_of_access(request.tool);
        }
    }
    if (verdict.denial) report(question, caller, *verdict.denial);
    co_return verdict;
}

std::optional<Denial> DecisionService::name_caller(const Question& question,
                                                   token::TokenInfo& caller) const {
    const DecisionRequest& request = question.request;
    clear(caller);
    if (request.client_id.empty()) {
        note_stranger(question, UnauthenticatedOutcome::no_token);
        return denial_without_token(question.resource);
    }
    caller.client_id = request.client_id;
    // As a token has it that nobody but the client itself asked for.
    caller.subject = request.subject.empty() ? request.client_id : request.subject;
    if (request.scope) caller.scope = scope_of(*request.scope);
    return std::nullopt;
}

std::optional<Denial> DecisionService::check_token(const Question& question,
                                                   const std::expected<void, TokenError>& known,
                                                   token::TokenInfo& caller) const {
    const ProtectedResource& resource = question.resource;
    const ResourceSettings& settings = resource.settings();
    const auto good = known ? check_claims(caller, settings.identifier, settings.issuer,
                                           numeric_date(parts_.shard.wall_now()))
                            : known;
    if (!good) {
        if (good.error().fault != TokenFault::unavailable) {
            note_stranger(question, UnauthenticatedOutcome::refused_token);
        }
        clear(caller);  // what the token says is not for this resource to know
        return denial_of_token(resource, good.error());
    }
    const token::ScopeSet& required = resource.policy().required();
    if (question.request.tool.empty() && !caller.scope.includes(required)) {
        return denial_of_scope(resource, caller.scope, required, "");
    }
    return std::nullopt;
}

// Counted only: the address is the asker's, which has proved who it is.
void DecisionService::note_stranger(const Question& question,
                                    UnauthenticatedOutcome outcome) const {
    parts_.observer.on_unauthenticated({.resource = question.resource.index(),
                                        .outcome = outcome,
                                        .address = {},
                                        .request_id = question.exchange.request().id()});
}

void DecisionService::report(const Question& question, const token::TokenInfo& caller,
                             const Denial& denial) {
    parts_.observer.on_refusal({.resource = question.resource.settings().path,
                                .client_id = caller.client_id,
                                .tool_name = question.request.tool,
                                .code = denial.code,
                                .detail = denial.detail,
                                .status = http::code(denial.status),
                                .request_id = question.exchange.request().id()});
}

}  // namespace sluice::resource
