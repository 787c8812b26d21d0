// Reading parameters.
#include "oauth/parameters.h"

#include <algorithm>

#include "base/json.h"
#include "http/media_type.h"

namespace sluice::oauth {
namespace {

// Of a body: a token may be as long as the longest header that can be configured.
constexpr std::size_t json_size_max = 1024 * 1024 + 16 * 1024;  // bytes

void append_json_member(std::string& form, const JsonMember& member) {
    if (member.key.empty()) return;
    if (const auto text = member.value.string()) {
        http::append_form_parameter(form, member.key, *text);
    }
    if (member.key != "resource") return;  // nothing else may stand several times
    for (const JsonValue& element : member.value.elements()) {
        const auto text = element.string();
        if (text) http::append_form_parameter(form, member.key, *text);
    }
}

// A body of JSON as the form it stands for, so that one reader serves both.
Result<std::string> form_of_json(std::string_view body) {
    const auto document = JsonDocument::parse(body);
    if (!document || !document->root().is_object()) {
        return refuse(ErrorCode::invalid_request, "The body is not a JSON object.");
    }
    std::string form;
    for (const JsonMember& member : document->root().members()) append_json_member(form, member);
    return form;
}

}  // namespace

std::optional<std::string_view> repeated_parameter(const http::Form& form) {
    const auto parameters = form.parameters();
    for (std::size_t i = 1; i < parameters.size(); ++i) {
        const std::string_view name = parameters[i].name;
        const auto before = parameters.first(i);
        if (name != "resource" &&
            std::ranges::find(before, name, &http::Form::Parameter::name) != before.end()) {
            return name;
        }
    }
    return std::nullopt;
}

Result<> read_parameters(http::Form& form, std::string_view text) {
    if (const auto parsed = form.parse(text); !parsed) {
        return refuse(ErrorCode::invalid_request, parsed.error().description);
    }
    if (const auto repeated = repeated_parameter(form)) {
        return refuse(ErrorCode::invalid_request,
                      "The parameter " + describable(*repeated) + " is repeated.");
    }
    return {};
}

Result<> read_form_body(http::Form& form, const http::Request& request) {
    const auto type = request.field("Content-Type");
    if (!type || !http::is_media_type(*type, "application/x-www-form-urlencoded")) {
        return refuse(ErrorCode::invalid_request,
                      "The body must be application/x-www-form-urlencoded.");
    }
    return read_parameters(form, request.body());
}

Result<> read_form_or_json_body(http::Form& form, const http::Request& request,
                                std::string& converted) {
    const auto type = request.field("Content-Type");
    if (!type || !http::is_media_type(*type, "application/json")) {
        return read_form_body(form, request);
    }
    if (request.body().size() > json_size_max) {
        return refuse(ErrorCode::invalid_request, "The body exceeds 1040 KiB.");
    }
    TRY(converted, form_of_json(request.body()));
    return read_parameters(form, converted);
}

std::optional<std::string_view> parameter(const http::Form& form, std::string_view name) {
    const auto value = form.get(name);
    return value && !value->empty() ? value : std::nullopt;
}

Result<std::string_view> require_parameter(const http::Form& form, std::string_view name) {
    const auto value = parameter(form, name);
    if (value) return *value;
    return refuse(ErrorCode::invalid_request,
                  "The parameter " + std::string(name) + " is missing.");
}

}  // namespace sluice::oauth
