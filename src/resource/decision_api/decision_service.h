// Decision service: answers servers and proxies that are not behind the gateway, whose token this
// is, and what the one decision function says of the call.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "base/object_pool.h"
#include "http/exchange.h"
#include "resource/decision/decision.h"
#include "resource/decision_api/decision_request.h"
#include "resource/gateway/gateway.h"
#include "resource/metadata/denial.h"
#include "token/introspection.h"
#include "token/resource_rights.h"

namespace sluice::resource {

/// What became of a question.
struct Verdict {
    // Why the caller is not let through for its token's sake; nothing where that is good.
    std::optional<Denial> denial;
    Decision decision{};  // where there is no denial

    bool allowed() const { return !denial && decision.allowed(); }
};

/// Whether its tokens, decisions and friction are for a resource server with these rights.
bool is_over(const token::ResourceRights& rights, const ProtectedResource& resource);

/// Lives on one shard.
class DecisionService {
public:
    enum class Purpose : std::uint8_t { decide, record };

    struct Question {
        const ProtectedResource& resource;
        const DecisionRequest& request;  // without a tool: only the token and required_scopes count
        http::Exchange& exchange;        // which brought the question
        Purpose purpose = Purpose::decide;
        bool name_is_unproven = false;  // as ToolCall has it
    };

    /// gateway  Has the resources; outlives the service.
    DecisionService(DecisionParts parts, const Gateway& gateway)
        : parts_(parts), gateway_(gateway), callers_(callers_kept_max) {}

    /// The resource of this path or identifier, in any spelling; where `name` is empty the only one
    /// that `rights` are over; null where there is none.
    const ProtectedResource* find_resource(std::string_view name,
                                           const token::ResourceRights& rights) const;
    /// The resource whose path `path` lies at or below, the longest where several do; null where
    /// none does. path  In normal form, as Request::path() is.
    const ProtectedResource* find_resource_at(std::string_view path) const;
    const Gateway& gateway() const { return gateway_; }
    const DecisionParts& parts() const { return parts_; }

    /// Room for who a question is about.
    ObjectPool<token::TokenInfo>::Lease lease_caller() { return callers_.acquire(); }

    /// Verifies, decides and counts; tells the observer of what is refused. `caller` becomes who
    /// called, as far as that is known. Allocates nothing in steady state for a call that passes.
    io::Task<Verdict> judge(Question question, token::TokenInfo& caller);

private:
    static constexpr std::size_t callers_kept_max = 256;

    std::optional<Denial> name_caller(const Question& question, token::TokenInfo& caller) const;
    std::optional<Denial> check_token(const Question& question,
                                      const std::expected<void, TokenError>& known,
                                      token::TokenInfo& caller) const;
    void note_stranger(const Question& question, UnauthenticatedOutcome outcome) const;
    void report(const Question& question, const token::TokenInfo& caller, const Denial& denial);

    DecisionParts parts_;
    const Gateway& gateway_;
    ObjectPool<token::TokenInfo> callers_;
};

}  // namespace sluice::resource
