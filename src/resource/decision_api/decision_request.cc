#include "resource/decision_api/decision_request.h"

#include <algorithm>
#include <array>
#include <bitset>

#include "base/check.h"
#include "base/result.h"

namespace sluice::resource {
namespace {

bool holds_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

constexpr std::array<std::string_view, 9> known_keys = {"token",         "tool",    "resource",
                                                        "client_id",     "subject", "scope",
                                                        "justification", "method",  "arguments"};

/// Where the member `key` belongs; null for one that is not known.
std::string_view* place_of(DecisionRequest& request, std::string_view key) {
    if (key == "token") return &request.token;
    if (key == "tool") return &request.tool;
    if (key == "resource") return &request.resource;
    if (key == "client_id") return &request.client_id;
    if (key == "subject") return &request.subject;
    if (key == "scope") return &request.scope.emplace();
    if (key == "justification") return &request.justification;
    if (key == "method") return &request.method;
    return nullptr;
}

std::expected<void, std::string_view> check(const DecisionRequest& request) {
    if (request.method != "tools/call" && !is_governed_method(request.method)) {
        return failure(std::string_view("method is none that rules can be about"));
    }
    if (request.tool.empty()) return failure(std::string_view("tool is missing"));
    if (request.tool.size() > DecisionRequest::name_bytes_max) {
        return failure(std::string_view("tool exceeds 256 bytes"));
    }
    if (holds_control(request.tool)) {
        return failure(std::string_view("tool contains a control character"));
    }
    if (!request.token.empty() && !request.client_id.empty()) {
        return failure(std::string_view("token and client_id are mutually exclusive"));
    }
    if (request.client_id.empty() && (!request.subject.empty() || request.scope)) {
        return failure(std::string_view("subject and scope require client_id"));
    }
    if (std::max(request.client_id.size(), request.subject.size()) >
        DecisionRequest::identity_bytes_max) {
        return failure(std::string_view("client_id or subject exceeds 2048 bytes"));
    }
    return {};
}

}  // namespace

std::expected<DecisionRequest, std::string_view> read_decision_request(const JsonValue& question) {
    if (!question.is_object()) {
        return failure(std::string_view("each question must be a JSON object"));
    }
    DecisionRequest request;
    bool all_texts = true;
    std::bitset<known_keys.size()> seen;
    bool repeats = false;
    question.for_each_member([&](std::string_view key, const JsonValue& value) {
        const auto known = std::ranges::find(known_keys, key);
        if (known == known_keys.end()) return;
        const auto number = static_cast<std::size_t>(known - known_keys.begin());
        repeats = repeats || seen[number];
        seen.set(number);
        if (key == "arguments") {
            request.arguments = {true, value};
            return;
        }
        if (value.is_null()) return;
        std::string_view* const place = place_of(request, key);
        CHECK(place != nullptr, "every known key has a place");
        // A reason is for people; a name with half of a character is nobody's.
        const auto text = key == "justification" ? value.readable_string() : value.string();
        all_texts = all_texts && text.has_value();
        *place = text.value_or("");
    });
    if (repeats) {
        return failure(std::string_view(
            "token, client_id, subject, scope, resource, tool, method, arguments and "
            "justification may stand once"));
    }
    if (!all_texts) {
        return failure(std::string_view(
            "token, client_id, subject, scope, resource, tool, method and justification must be "
            "strings"));
    }
    REQUIRE(check(request));
    return request;
}

}  // namespace sluice::resource
