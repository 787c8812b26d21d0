// Policy decision point (PDP): the one place that decides on a tool, for calls through the gateway,
// single and in batches, for servers that ask by the decision API, for proxies that ask as external
// authorizers do, and for what tools/list shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "friction/controller.h"
#include "io/sharded.h"
#include "io/task.h"
#include "resource/decision/guard.h"
#include "resource/metadata/protected_resource.h"
#include "resource/observer.h"
#include "resource/policy/policy.h"

namespace sluice::resource {

struct Decision {
    enum class Outcome : std::uint8_t {
        allow,               // after `delay`
        insufficient_scope,  // 403 with a challenge for `needed`
        access_denied,       // 403: the rules do not allow it, whatever the scopes
        ask_justification,   // friction is high, and the call came without a reason
        refuse_friction,     // `friction` says when to try again
    };
    Outcome outcome = Outcome::allow;
    bool has_friction = false;                // the tool has some: `friction` is what the call met
    bool counts_once_answered = false;        // nobody knows yet that there is such a tool
    const token::ScopeSet* needed = nullptr;  // of insufficient_scope; lives as long as the policy
    std::optional<std::size_t> rule{};        // that decided on rights; nothing: none applied
    Duration delay{};
    friction::Decision friction{};

    bool allowed() const { return outcome == Outcome::allow; }
};

/// Whether the rules allow it: all of the decision but friction.
Decision decide(const AccessRequest& request, const Policy& policy,
                Policy::Arguments arguments = Policy::Arguments::as_given);

/// A call of one tool, or another request that rules can be about, by a caller who is known. Views
/// live until the decision is made.
struct ToolCall {
    const ProtectedResource& resource;
    CallerKey caller;
    std::string_view client_id;
    std::string_view subject;
    const token::ScopeSet* granted;  // null: nobody said what was granted; who asks vouches for it
    std::string_view tool;
    std::string_view method = "tools/call";  // another one: `tool` is what it is about
    std::string_view justification;          // as trim_justification() gives it; empty: none
    std::uint64_t request_id = 0;
    // What rules may look at beside, as AccessRequest has it.
    std::optional<std::span<const token::Attribute>> attributes{};
    CallArguments arguments{};
    bool counts_only = false;  // it is made whatever is thought of it
    // The tool's name is the caller's word alone, and a name costs nothing: without friction of its
    // own the tool lowers the shares of others only where it is known to exist.
    bool name_is_unproven = false;
    bool is_retry = false;  // of a call that passed: only the rules are looked at
};

/// What deciding takes, of one shard.
struct DecisionParts {
    io::Shard& shard;
    const io::Sharded<Guard>& guards;
    Observer& observer;
};

/// Decides on a call: the rules first, then friction on the shard of the caller, which counts the
/// call if it passes, and tells the observer. Does not suspend where the caller's shard is this
/// one. Waiting for `delay` is the asker's part. A call that only counts is allowed always, and
/// `friction` is what would have been thought of it.
io::Task<Decision> decide_call(DecisionParts parts, ToolCall call);

/// An MCP server has done what a call asked for that counts once it is answered: now it is counted,
/// and from now on the tool is known. Tells the observer.
io::Task<void> count_answered(DecisionParts parts, ToolCall call);

}  // namespace sluice::resource
