#include "resource/decision_api/decision_response.h"

#include "base/check.h"
#include "base/json_writer.h"

namespace sluice::resource {
namespace {

using Outcome = Decision::Outcome;
using Verb = DecisionResponse::Verb;

constexpr int precondition_required = 428;

/// Pieces of JSON one behind the other, each with the text that leads to it: names are written as
/// they are, since an answer is short and asked for often.
class Pieces {
public:
    explicit Pieces(std::string& out) : out_(out) {}

    Pieces& text(std::string_view lead, std::string_view value) {
        out_ += lead;
        append_json_string(out_, value);
        return *this;
    }
    Pieces& known(std::string_view lead, std::string_view value) {
        return value.empty() ? *this : text(lead, value);
    }
    Pieces& flag(std::string_view lead, bool value) {
        out_ += lead;
        out_ += value ? "true" : "false";
        return *this;
    }
    Pieces& number(std::string_view lead, auto value) {
        out_ += lead;
        if (value == 0) {
            out_ += '0';
        } else {
            JsonWriter(out_).value(value);
        }
        return *this;
    }
    void end(std::string_view rest) { out_ += rest; }

private:
    std::string& out_;
};

void append_friction(Pieces& pieces, const friction::Decision& met) {
    pieces.text(R"(,"friction":{"level":)", friction::level_name(met.level))
        .number(R"(,"value":)", met.friction)
        .number(R"(,"cost":)", met.cost)
        .number(R"(,"budget":)", met.budget)
        .number(R"(,"current_rate":)", met.current_rate)
        .number(R"(,"target_rate":)", met.target_rate)
        .number(R"(,"effective_target":)", met.effective_target)
        .flag(R"(,"justification_required":)", met.justification_required)
        .flag(R"(,"saturation_detected":)", met.saturation_detected)
        .flag(R"(,"waiting_helps":)", met.waiting_helps)
        .end("}");
}

}  // namespace

std::string_view reason_of(const Decision& decision) {
    switch (decision.outcome) {
        case Outcome::allow:
            return "allowed";
        case Outcome::insufficient_scope:
            return "insufficient_scope";
        case Outcome::access_denied:
            return "access_denied";
        case Outcome::ask_justification:
            return "justification_required";
        case Outcome::refuse_friction:
            break;
    }
    return decision.friction.reason == friction::Reason::insufficient_budget ? "insufficient_budget"
                                                                             : "blocked";
}

int status_of(const Decision& decision) {
    switch (decision.outcome) {
        case Outcome::allow:
            return http::code(http::Status::ok);
        case Outcome::insufficient_scope:
        case Outcome::access_denied:
            return http::code(http::Status::forbidden);
        case Outcome::ask_justification:
            return precondition_required;
        case Outcome::refuse_friction:
            break;
    }
    return http::code(http::Status::too_many_requests);
}

DecisionResponse answer_of(const Verdict& verdict, const token::TokenInfo& caller) {
    DecisionResponse answer{.allowed = verdict.allowed(),
                            .client_id = caller.client_id,
                            .subject = caller.subject,
                            .scope = caller.scope.text(),
                            .decision = &verdict.decision};
    if (verdict.denial) {
        answer.status = http::code(verdict.denial->status);
        answer.reason = verdict.denial->code;
        answer.challenge = verdict.denial->challenge;
        answer.message = verdict.denial->message;
        answer.retry_after_seconds =
            static_cast<std::uint32_t>(verdict.denial->retry_after.count());
        return answer;
    }
    answer.status = status_of(verdict.decision);
    answer.reason = reason_of(verdict.decision);
    if (!verdict.allowed()) {
        answer.retry_after_seconds = verdict.decision.friction.retry_after_seconds;
    }
    return answer;
}

void append_decision_response(std::string& out, const DecisionResponse& answer) {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    CHECK(answer.allowed == (answer.status == http::code(http::Status::ok)), answer.reason);
    CHECK(!answer.reason.empty());
    const Decision* const decision = answer.decision;
    Pieces pieces(out);
    pieces
        .flag(answer.verb == Verb::recorded ? R"({"recorded":)" : R"({"allowed":)", answer.allowed)
        .number(R"(,"status":)", answer.status)
        .text(R"(,"reason":)", answer.reason)
        .known(R"(,"client_id":)", answer.client_id)
        .known(R"(,"subject":)", answer.subject)
        .known(R"(,"scope":)", answer.scope)
        .known(R"(,"challenge":)", answer.challenge)
        .known(R"(,"message":)", answer.message);
    if (decision != nullptr && decision->has_friction) append_friction(pieces, decision->friction);
    const Duration delay = decision != nullptr ? decision->delay : Duration::zero();
    pieces.number(R"(,"delay_ms":)", Milliseconds(delay).count())
        .number(R"(,"retry_after_seconds":)", answer.retry_after_seconds)
        .end("}");
}

}  // namespace sluice::resource
