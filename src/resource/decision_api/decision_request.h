// Decision request: one question of the decision API, as JSON.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string_view>

#include "base/json.h"
#include "resource/policy/access_request.h"

namespace sluice::resource {

/// Views into the JSON it was read from. Where `token` and `client_id` are both empty, the question
/// is about a request without credentials.
struct DecisionRequest {
    static constexpr std::size_t name_bytes_max = 256;       // of a tool
    static constexpr std::size_t identity_bytes_max = 2048;  // of a client_id, a subject

    std::string_view resource;  // its path or its identifier; empty: the only one there is
    std::string_view tool;
    std::string_view token;
    std::string_view client_id;  // instead of a token: of one that the asker has verified itself
    std::string_view subject;
    std::optional<std::string_view> scope;  // what was granted to client_id; absent: not told
    std::string_view justification;
    std::string_view method = "tools/call";  // another one: `tool` is the prompt or URI it is about
    CallArguments arguments{};               // not seen where the question does not tell them
};

/// Members that are not known, and those that are null, are taken as absent.
/// Errors (for people, static text): no object, a member that is no text or stands twice, a tool
/// that is missing or no name, a token beside a client_id, a subject or scope without a client_id.
std::expected<DecisionRequest, std::string_view> read_decision_request(const JsonValue& question);

}  // namespace sluice::resource
