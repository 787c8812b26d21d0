#include "base/json.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "base/check.h"
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

bool keys_are_unique(element value);

bool no_two_are_equal(std::vector<std::string_view>& keys) {
    std::ranges::sort(keys);
    return std::ranges::adjacent_find(keys) == keys.end();
}

bool keys_of_object_are_unique(simdjson::dom::object object) {
    // Few keys are compared each with each; a list that is sorted is for the rest.
    constexpr std::size_t few = 16;
    std::array<std::string_view, few> seen;
    std::size_t count = 0;
    std::vector<std::string_view> many;
    for (const auto [key, member] : object) {
        if (!keys_are_unique(member)) return false;
        if (count < few) {
            const auto end = seen.begin() + count;
            if (std::find(seen.begin(), end, key) != end) return false;
            seen[count++] = key;
        } else {
            if (many.empty()) many.assign(seen.begin(), seen.end());
            many.push_back(key);
        }
    }
    return many.empty() || no_two_are_equal(many);
}

bool keys_are_unique(element value) {
    if (value.is_array()) {
        return std::ranges::all_of(value.get_array().value_unsafe(), keys_are_unique);
    }
    return !value.is_object() || keys_of_object_are_unique(value.get_object().value_unsafe());
}

constexpr std::size_t kept_parsers_max = 8;       // of a thread
constexpr std::size_t kept_text_max = 16 * 1024;  // bytes; a parser needs about ten times that
constexpr std::size_t least_text_capacity = 1024;

}  // namespace

struct JsonDocument::Parsed {
    simdjson::dom::parser parser;
    std::string text;  // padded, as simdjson wants it
    element root;
};

std::vector<std::unique_ptr<JsonDocument::Parsed>>& JsonDocument::kept() {
    thread_local std::vector<std::unique_ptr<Parsed>> parsers;
    return parsers;
}

JsonDocument::ParsedPtr JsonDocument::take_parsed(std::size_t text_size) {
    ParsedPtr parsed;
    if (kept().empty()) {
        parsed.reset(new Parsed);
    } else {
        parsed.reset(kept().back().release());
        kept().pop_back();
    }
    CHECK(parsed != nullptr, "a parser is kept by its owner alone");
    if (parsed->parser.capacity() >= text_size) return parsed;
    const std::size_t capacity = std::max(std::bit_ceil(text_size), least_text_capacity);
    if (parsed->parser.allocate(capacity, depth_max) != simdjson::SUCCESS) return nullptr;
    return parsed;
}

void JsonDocument::Recycle::operator()(Parsed* parsed) const {
    std::unique_ptr<Parsed> owned(parsed);
    if (parsed->parser.capacity() <= kept_text_max && kept().size() < kept_parsers_max) {
        kept().push_back(std::move(owned));
    }
}

JsonDocument::JsonDocument(ParsedPtr parsed) : parsed_(std::move(parsed)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

std::expected<JsonDocument, JsonError> JsonDocument::parse(std::string_view text) {
    ParsedPtr parsed = take_parsed(text.size());
    if (parsed == nullptr) return std::unexpected(JsonError{"the JSON text is too large"});
    parsed->text.assign(text).append(simdjson::SIMDJSON_PADDING, '\0');
    const auto error =
        parsed->parser.parse(parsed->text.data(), text.size(), false).get(parsed->root);
    if (error == simdjson::DEPTH_ERROR) {
        return std::unexpected(JsonError{"the JSON text is nested too deeply"});
    }
    if (error != simdjson::SUCCESS) return std::unexpected(JsonError{"the text is not valid JSON"});
    if (!keys_are_unique(parsed->root)) {
        return std::unexpected(JsonError{"a JSON object has a duplicate key"});
    }
    return JsonDocument(std::move(parsed));
}

JsonValue JsonDocument::root() const {
    CHECK(parsed_ != nullptr, "the document was moved from");
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
    for_each_member([&members](std::string_view key, const JsonValue& value) {
        members.push_back({key, value});
    });
    return members;
}

void JsonValue::visit_members(MemberVisitor visitor, void* context) const {
    const element self = view(element_);
    if (!self.is_object()) return;
    for (const auto [key, item] : self.get_object().value_unsafe()) {
        JsonValue value;
        std::memcpy(value.element_.data(), static_cast<const void*>(&item), sizeof item);
        visitor(context, key, value);
    }
}

void JsonValue::append_to(std::string& out) const {
    out += simdjson::minify(view(element_));
}

}  // namespace sluice
