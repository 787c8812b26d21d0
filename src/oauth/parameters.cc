// Reading parameters.
#include "oauth/parameters.h"

#include "http/media_type.h"

namespace sluice::oauth {

Result<> read_parameters(http::Form& form, std::string_view text) {
    if (const auto parsed = form.parse(text); !parsed) {
        return refuse(ErrorCode::invalid_request, parsed.error().description);
    }
    if (const auto repeated = form.repeated()) {
        return refuse(ErrorCode::invalid_request,
                      "The parameter " + describable(*repeated) + " stands more than once.");
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
