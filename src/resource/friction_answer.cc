#include "resource/friction_answer.h"

#include <fmt/format.h>

#include "base/json_writer.h"

namespace sluice::resource {
namespace {

std::string sentence(std::string_view tool, const friction::Decision& decision) {
    std::string text = fmt::format("The tool \"{}\" was not run. ", tool);
    if (decision.reason == friction::Reason::insufficient_budget) {
        text += "The budget for calls like this one is used up. ";
    } else {
        text += "It has been called more often than this server allows. ";
    }
    if (decision.waiting_helps) {
        text += fmt::format(
            "Nothing was changed. Do not call it again before {} seconds have passed. Calling "
            "other "
            "tools of this server meanwhile may make the wait longer.",
            decision.retry_after_seconds);
    } else {
        text +=
            "Nothing was changed. Waiting alone does not help: go on without this tool, and tell "
            "the user that it is held back.";
    }
    return text;
}

}  // namespace

void append_friction_answer(std::string& out, std::string_view id, std::string_view tool,
                            const friction::Decision& decision, Era era) {
    JsonWriter json(out);
    json.begin_object().member("jsonrpc", "2.0").key("id").raw(id);
    json.key("result").begin_object();
    if (era == Era::stateless) json.member("resultType", "complete");
    json.key("content").begin_array().begin_object();
    json.member("type", "text").member("text", sentence(tool, decision));
    json.end_object().end_array().member("isError", true);
    json.key("_meta").begin_object();
    json.member("tool", tool)
        .member("level", friction::level_name(decision.level))
        .member("friction", decision.friction)
        .member("retry_after_seconds", decision.retry_after_seconds)
        .member("waiting_helps", decision.waiting_helps)
        .member("current_rate", decision.current_rate)
        .member("effective_target", decision.effective_target);
    json.end_object().end_object().end_object();
}

}  // namespace sluice::resource
