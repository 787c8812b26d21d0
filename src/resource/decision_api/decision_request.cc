#include "resource/decision_api/decision_request.h"

#include <algorithm>

#include "base/result.h"

namespace sluice::resource {
namespace {

bool holds_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

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
    question.for_each_member([&](std::string_view key, const JsonValue& value) {
        if (key == "arguments") request.arguments = {true, value};
        if (value.is_null()) return;
        std::string_view* const place = place_of(request, key);
        if (place == nullptr) return;
        const auto text = value.string();
        all_texts = all_texts && text.has_value();
        *place = text.value_or("");
    });
    if (!all_texts) {
        return failure(std::string_view(
            "token, client_id, subject, scope, resource, tool, method and justification must be "
            "strings"));
    }
    REQUIRE(check(request));
    return request;
}

}  // namespace sluice::resource
