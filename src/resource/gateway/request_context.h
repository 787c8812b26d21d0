// Request context: one request at a protected resource, as the steps that answer it pass it on.
#pragma once

#include <optional>
#include <string>

#include "base/concurrency_limit.h"
#include "http/exchange.h"
#include "io/sharded.h"
#include "resource/decision/decision.h"
#include "resource/decision/guard.h"
#include "resource/gateway/session_seal.h"
#include "resource/gateway/task_tags.h"
#include "resource/metadata/protected_resource.h"
#include "resource/observer.h"
#include "resource/tokens/invalid_token_limiter.h"
#include "token/introspection.h"

namespace sluice::resource {

/// Lives in the frame of Gateway::handle().
struct RequestContext {
    const ProtectedResource& resource;
    http::Exchange& exchange;
    const io::Sharded<Guard>& guards;
    Observer& observer;
    ConcurrencyLimit& streams;            // by CallerKey
    InvalidTokenLimiter& invalid_tokens;  // who sent tokens that were refused
    token::TokenInfo& room;  // memory that was used before: verification swaps it with `caller`
    const SessionSeal* sessions;     // null: there is no secret yet
    std::string& session_id;         // the MCP server's own; empty: this request is in no session
    const TaskTags* tasks;           // null: there is no secret yet
    std::string mcp_name{};          // for the MCP server where it is not what the client sent
    token::TokenInfo caller{};       // of the verified token; empty before
    std::optional<CallerKey> key{};  // of caller; see caller_key()

    /// Who the verified caller is for friction; made once.
    const CallerKey& caller_key() {
        if (!key) key = CallerKey::of(resource.settings().issuer, caller);
        return *key;
    }
    DecisionParts decision_parts() const { return {exchange.shard(), guards, observer}; }

    const http::Request& request() const { return exchange.request(); }
    http::Response& response() const { return exchange.response(); }
};

/// A step's way to say that response() is filled, or the stream over: nothing more is to be done.
struct Answered {};

}  // namespace sluice::resource
