#include "base/json.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "base/json_writer.h"

namespace sluice {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

static_assert(sizeof(element) == 16 && std::is_trivially_copyable_v<element>);

element view(const std::array<std::byte, 16>& bytes) {
    element result;
    std::memcpy(static_cast<void*>(&result), bytes.data(), bytes.size());
    return result;
}

bool keys_are_unique(element value) {
    if (value.is_array()) {
        return std::ranges::all_of(value.get_array().value_unsafe(), keys_are_unique);
    }
    if (!value.is_object()) return true;
    std::vector<std::string_view> keys;
    for (const auto [key, member] : value.get_object().value_unsafe()) {
        if (!keys_are_unique(member)) return false;
        keys.push_back(key);
    }
    std::ranges::sort(keys);
    return std::ranges::adjacent_find(keys) == keys.end();
}

}  // namespace

struct JsonDocument::Parsed {
    simdjson::dom::parser parser;
    element root;
};

JsonDocument::JsonDocument(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

std::expected<JsonDocument, JsonError> JsonDocument::parse(std::string_view text) {
    auto parsed = std::make_unique<Parsed>();
    if (parsed->parser.allocate(std::max<std::size_t>(text.size(), 1), depth_max) !=
        simdjson::SUCCESS) {
        return std::unexpected(JsonError{"the JSON text is too large"});
    }
    const auto error = parsed->parser.parse(text.data(), text.size()).get(parsed->root);
    if (error == simdjson::DEPTH_ERROR) {
        return std::unexpected(JsonError{"the JSON text is nested too deeply"});
    }
    if (error != simdjson::SUCCESS) return std::unexpected(JsonError{"the text is not valid JSON"});
    if (!keys_are_unique(parsed->root)) {
        return std::unexpected(JsonError{"a JSON object holds the same key twice"});
    }
    return JsonDocument(std::move(parsed));
}

JsonValue JsonDocument::root() const {
    JsonValue value;
    std::memcpy(value.element_.data(), static_cast<const void*>(&parsed_->root), sizeof(element));
    return value;
}

JsonValue::Kind JsonValue::kind() const {
    switch (view(element_).type()) {
        case element_type::ARRAY:
            return Kind::array;
        case element_type::OBJECT:
            return Kind::object;
        case element_type::STRING:
            return Kind::string;
        case element_type::BOOL:
            return Kind::boolean;
        case element_type::NULL_VALUE:
            return Kind::null;
        default:
            return Kind::number;
    }
}

std::optional<bool> JsonValue::boolean() const {
    bool value = false;
    if (view(element_).get_bool().get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
}

std::optional<double> JsonValue::number() const {
    double value = 0;
    if (view(element_).get_double().get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
}

std::optional<std::int64_t> JsonValue::integer() const {
    std::int64_t value = 0;
    const element self = view(element_);
    if (self.type() == element_type::DOUBLE || self.get_int64().get(value) != simdjson::SUCCESS) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::string_view> JsonValue::string() const {
    std::string_view value;
    if (view(element_).get_string().get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
}

std::optional<JsonValue> JsonValue::find(std::string_view key) const {
    element found;
    const element self = view(element_);
    if (!self.is_object() || self.at_key(key).get(found) != simdjson::SUCCESS) return std::nullopt;
    JsonValue value;
    std::memcpy(value.element_.data(), static_cast<const void*>(&found), sizeof(element));
    return value;
}

std::optional<std::string_view> JsonValue::find_string(std::string_view key) const {
    const auto member = find(key);
    return member ? member->string() : std::nullopt;
}

std::vector<JsonValue> JsonValue::elements() const {
    std::vector<JsonValue> values;
    const element self = view(element_);
    if (!self.is_array()) return values;
    for (const element item : self.get_array().value_unsafe()) {
        std::memcpy(values.emplace_back().element_.data(), static_cast<const void*>(&item),
                    sizeof item);
    }
    return values;
}

std::vector<JsonMember> JsonValue::members() const {
    std::vector<JsonMember> members;
    const element self = view(element_);
    if (!self.is_object()) return members;
    for (const auto [key, item] : self.get_object().value_unsafe()) {
        members.push_back({key, JsonValue{}});
        std::memcpy(members.back().value.element_.data(), static_cast<const void*>(&item),
                    sizeof item);
    }
    return members;
}

void JsonValue::append_to(std::string& out) const {
    out += simdjson::minify(view(element_));
}

}  // namespace sluice
