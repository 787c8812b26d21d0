// OAuth request parameters (RFC 6749 §3.1, §3.2), which are stricter than a form's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/form.h"
#include "http/message.h"
#include "oauth/errors.h"

namespace sluice::oauth {

/// Reads `text` (a query, or a body that is known to be a form) into `form`. Errors:
/// invalid_request for a broken encoding, and for repeated_parameter().
Result<> read_parameters(http::Form& form, std::string_view text);

/// The name of a parameter that stands twice (RFC 6749 §3.1, §3.2); `resource` may (RFC 8707 §2).
std::optional<std::string_view> repeated_parameter(const http::Form& form);

/// read_parameters() for a body: it must say that it is a form (RFC 6749 §4.1.3).
Result<> read_form_body(http::Form& form, const http::Request& request);

/// read_form_body(), or a JSON object that stands for a form: its texts are parameters, lists of
/// texts repeat one, null is absent. For clients that send JSON where OAuth has forms.
/// converted  Holds what `form` refers to where the body was JSON: as long as `form` is used.
/// Errors: also invalid_request for JSON that is no object, or longer than 1040 KiB.
Result<> read_form_or_json_body(http::Form& form, const http::Request& request,
                                std::string& converted);

/// The value of `name`; one without a value counts as absent (RFC 6749 §3.1).
std::optional<std::string_view> parameter(const http::Form& form, std::string_view name);

/// parameter(), or invalid_request naming what is missing.
Result<std::string_view> require_parameter(const http::Form& form, std::string_view name);

}  // namespace sluice::oauth
