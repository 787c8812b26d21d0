#include "resource/mcp/awaited_answers.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::resource {
namespace {

/// Servers read an id and write it anew: 1.0 comes back as 1, an escape as its letter.
std::string meaning_of(const JsonValue& id) {
    if (const auto text = id.string()) return "\"" + std::string(*text);
    if (const auto integer = id.integer()) return fmt::format("{}", *integer);
    if (const auto number = id.number()) return fmt::format("{}", *number);
    return std::string(id.raw());
}

std::string meaning_of(std::string_view id) {
    const auto document = JsonDocument::parse_carried(id);
    return document ? meaning_of(document->root()) : std::string(id);
}

}  // namespace

AwaitedAnswers::AwaitedAnswers(const PostedBody& body) {
    for (const Message& message : body.messages()) {
        if (message.kind != Message::Kind::request) continue;
        if (!body.is_batch()) {
            single_ = message.id;
        } else {
            batch_.push_back({message.id, meaning_of(message.id)});
        }
    }
}

std::vector<std::string_view> AwaitedAnswers::ids() const {
    std::vector<std::string_view> ids;
    if (single_) ids.push_back(*single_);
    for (const Awaited& one : batch_) ids.push_back(one.id);
    return ids;
}

bool AwaitedAnswers::note(std::string_view json) {
    const auto document = JsonDocument::parse_carried(json);
    if (!document) return false;
    note_message(document->root());
    document->root().for_each_element([this](const JsonValue& message) {
        note_message(message);
        return !empty();
    });
    return true;
}

void AwaitedAnswers::note_message(const JsonValue& message) {
    if (message.find("method") || (!message.find("result") && !message.find("error"))) return;
    // Where there is one request, its answer is the only one that there can be, and a server that
    // could not read the request's id answers with null.
    single_.reset();
    const auto id = message.find("id");
    if (!id || batch_.empty()) return;
    const auto answered = std::ranges::find(batch_, meaning_of(*id), &Awaited::meaning);
    if (answered != batch_.end()) batch_.erase(answered);
}

}  // namespace sluice::resource
