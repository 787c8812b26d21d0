// scope member of registration requests (RFC 7591 §2), in the shapes that clients send.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace sluice::oauth {

/// RFC 7591 §2 has a text with spaces; clients also send an array of texts, or such an array
/// written inside of a text. All give the names with a space between; a text that is no array is
/// taken as it is, to be checked by token::ScopeSet::parse(). Absent, null and empty give
/// `default_scope`; an empty array inside of a text is an answer, and gives no names. Nothing where
/// the member is of another type or its array holds something that is not a text.
std::optional<std::string> parse_scope_field(const std::optional<JsonValue>& field,
                                             std::string_view default_scope);

}  // namespace sluice::oauth
