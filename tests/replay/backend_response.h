// The shape of what a backend's API answered, checked before a tool makes something of it.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace sluice::replay {

struct BackendAnswer {
    bool success = false;
    std::optional<std::string_view> error;  // the backend's own words, where it has any
    std::optional<JsonValue> data;          // a JSON null counts as absent
};

/// The objects of a list; elements that are no objects are left out. The list is `data` itself, or
/// that member of it which is called `key`, `context` or `context` + "s", looked for in this order.
/// No data at all is an empty list. context  What is listed, for the messages: "tasks". Errors: the
/// backend's message, or a sentence that says what was found instead of a list.
std::expected<std::vector<JsonValue>, std::string> validate_list_response(
    const BackendAnswer& answer, std::string_view context,
    std::optional<std::string_view> key = std::nullopt);

/// `data`, which must be there and be an object.
std::expected<JsonValue, std::string> validate_dict_response(const BackendAnswer& answer,
                                                             std::string_view context);

}  // namespace sluice::replay
