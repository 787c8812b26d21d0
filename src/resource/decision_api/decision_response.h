// Decision response: one answer of the decision API, as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "resource/decision_api/decision_service.h"

namespace sluice::resource {

/// What an asker is told. Views live until it is written.
struct DecisionResponse {
    enum class Verb : std::uint8_t { allowed, recorded };  // the first member's name
    Verb verb = Verb::allowed;
    bool allowed = true;
    int status = 200;                     // what the asker's own answer may have where it refuses
    std::string_view reason = "allowed";  // stable: see reason_of()
    std::string_view client_id{};         // empty where no token was verified
    std::string_view subject{};
    std::string_view scope{};
    std::string_view challenge{};        // WWW-Authenticate for a 401 or 403
    std::string_view message{};          // of a refusal: what to tell the caller
    const Decision* decision = nullptr;  // null where nobody came to ask friction
    std::uint32_t retry_after_seconds = 0;
};

/// The code of a decision: "allowed", "insufficient_scope", "access_denied",
/// "justification_required", "blocked" or "insufficient_budget".
std::string_view reason_of(const Decision& decision);
/// Its HTTP status: 200, 403, 428 (RFC 6585 §3), 429.
int status_of(const Decision& decision);

/// All of an answer but, of a refusal by friction, its message. Refers to both.
DecisionResponse answer_of(const Verdict& verdict, const token::TokenInfo& caller);

void append_decision_response(std::string& out, const DecisionResponse& answer);

}  // namespace sluice::resource
