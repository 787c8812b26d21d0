// Reading parameters.
#include "oauth/parameters.h"

#include <algorithm>

#include "http/media_type.h"

namespace sluice::oauth {

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
