#include "resource/decision/friction_result.h"

#include <iterator>

#include "base/check.h"
#include "base/json_writer.h"
#include "resource/mcp/justification.h"

namespace sluice::resource {
namespace {

using Outcome = Decision::Outcome;

void append_refusal(FrictionText& text, const friction::Decision& decision) {
    const auto add = [&text](std::string_view words) { text.append(words); };
    add(decision.reason == friction::Reason::insufficient_budget
            ? "The budget for calls like this one is used up. Nothing was changed. "
            : "It has been called more often than this server allows. Nothing was changed. ");
    if (!decision.waiting_helps) {
        return add(
            "Waiting alone does not help: continue without this tool, and tell the user that it is "
            "held back.");
    }
    fmt::format_to(std::back_inserter(text),
                   "Do not call it again before {} seconds have passed. Calling other tools of "
                   "this server meanwhile may make the wait longer.",
                   decision.retry_after_seconds);
}

void append_question(FrictionText& text) {
    fmt::format_to(
        std::back_inserter(text),
        "It has been called so often that a reason is needed for each further call. Nothing was "
        "changed. If this call is needed, say in a sentence why, and repeat it with that reason as "
        "params._meta[\"{}\"] or in the HTTP header {}; otherwise continue without this tool.",
        justification_key, justification_field);
}

}  // namespace

FrictionText friction_text(std::string_view tool, const Decision& decision) {
    FrictionText text;
    CHECK(decision.outcome == Outcome::ask_justification ||
              decision.outcome == Outcome::refuse_friction,
          "friction does not hold this call back");
    fmt::format_to(std::back_inserter(text), "The tool \"{}\" was not run. ", tool);
    if (decision.outcome == Outcome::ask_justification) {
        append_question(text);
    } else {
        append_refusal(text, decision.friction);
    }
    return text;
}

void append_friction_answer(std::string& out, std::string_view id, std::string_view tool,
                            const Decision& decision, Era era) {
    const friction::Decision& met = decision.friction;
    JsonWriter json(out);
    json.begin_object().member("jsonrpc", "2.0").key("id").raw(id);
    json.key("result").begin_object();
    if (era == Era::stateless) json.member("resultType", "complete");
    json.key("content").begin_array().begin_object();
    json.member("type", "text").member("text", view(friction_text(tool, decision)));
    json.end_object().end_array().member("isError", true);
    json.key("_meta").begin_object();
    json.member("tool", tool)
        .member("level", friction::level_name(met.level))
        .member("friction", met.friction);
    if (decision.outcome == Outcome::ask_justification) {
        json.member("justification_required", true)
            .member("justification_key", justification_key)
            .member("justification_header", justification_field);
    } else {
        json.member("retry_after_seconds", met.retry_after_seconds)
            .member("waiting_helps", met.waiting_helps);
    }
    json.member("current_rate", met.current_rate).member("effective_target", met.effective_target);
    json.end_object().end_object().end_object();
}

void append_friction_answer(std::string& out, std::string_view id, const friction::Refusal& refusal,
                            Era era) {
    const Decision decision{
        .outcome = refusal.asks_reason ? Outcome::ask_justification : Outcome::refuse_friction,
        .has_friction = true,
        .friction = refusal.decision};
    append_friction_answer(out, id, refusal.tool, decision, era);
}

}  // namespace sluice::resource
