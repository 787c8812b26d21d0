#include "tests/replay/backend_response.h"

#include <fmt/format.h>

namespace sluice::replay {
namespace {

/// The names that the messages use for JSON types.
std::string_view type_name(const JsonValue& value) {
    switch (value.kind()) {
        case JsonValue::Kind::null:
            return "NoneType";
        case JsonValue::Kind::boolean:
            return "bool";
        case JsonValue::Kind::number:
            return value.integer() ? "int" : "float";
        case JsonValue::Kind::string:
            return "str";
        case JsonValue::Kind::array:
            return "list";
        case JsonValue::Kind::object:
            return "dict";
    }
    return "unknown";
}

std::string failure_message(const BackendAnswer& answer, std::string_view context) {
    if (answer.error && !answer.error->empty()) return std::string(*answer.error);
    return fmt::format("Failed to fetch {}", context);
}

bool has_data(const BackendAnswer& answer) {
    return answer.data && !answer.data->is_null();
}

std::string wrong_type(std::string_view context, std::string_view expected, const JsonValue& got) {
    return fmt::format("Backend returned invalid {} format: expected {}, got {}", context, expected,
                       type_name(got));
}

std::optional<JsonValue> find_list(const JsonValue& object, std::string_view context,
                                   std::optional<std::string_view> key) {
    if (key) {
        if (auto member = object.find(*key)) return member;
    }
    if (auto member = object.find(context)) return member;
    return object.find(fmt::format("{}s", context));
}

}  // namespace

std::expected<std::vector<JsonValue>, std::string> validate_list_response(
    const BackendAnswer& answer, std::string_view context, std::optional<std::string_view> key) {
    if (!answer.success) return std::unexpected(failure_message(answer, context));
    if (!has_data(answer)) return {};

    std::optional<JsonValue> list = answer.data;
    if (list->is_object()) {
        list = find_list(*list, context, key);
        if (!list) {
            return std::unexpected(
                fmt::format("Backend returned {} in unexpected format", context));
        }
    }
    if (!list->is_array()) return std::unexpected(wrong_type(context, "list", *list));
    std::vector<JsonValue> objects = list->elements();
    std::erase_if(objects, [](const JsonValue& element) { return !element.is_object(); });
    return objects;
}

std::expected<JsonValue, std::string> validate_dict_response(const BackendAnswer& answer,
                                                             std::string_view context) {
    if (!answer.success) return std::unexpected(failure_message(answer, context));
    if (!has_data(answer)) {
        return std::unexpected(fmt::format("No {} data returned from backend", context));
    }
    if (!answer.data->is_object()) {
        return std::unexpected(wrong_type(context, "dict", *answer.data));
    }
    return *answer.data;
}

}  // namespace sluice::replay
