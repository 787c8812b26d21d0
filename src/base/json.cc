#include "base/json.h"

#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

#include "base/check.h"
#include "base/json_parsed.h"

namespace sluice {
namespace {

bool ends_scalar(char c) {
    return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

JsonValue::Kind JsonValue::kind() const {
    switch (parsed_->byte(at_)) {
        case '[':
            return Kind::array;
        case '{':
            return Kind::object;
        case '"':
            return Kind::string;
        case 't':
        case 'f':
            return Kind::boolean;
        case 'n':
            return Kind::null;
        default:
            return Kind::number;
    }
}

std::string_view JsonValue::raw() const {
    const std::string_view text = parsed_->text;
    const std::size_t start = parsed_->tokens[at_].start;
    if (parsed_->is_container(at_)) {
        const std::size_t close = parsed_->tokens[parsed_->tokens[at_].close].start;
        return text.substr(start, close + 1 - start);
    }
    if (text[start] == '"') return text.substr(start, parsed_->between_quotes(at_).size() + 2);
    std::size_t end = start;
    while (end < text.size() && !ends_scalar(text[end])) ++end;
    return text.substr(start, end - start);
}

std::optional<bool> JsonValue::boolean() const {
    if (kind() != Kind::boolean) return std::nullopt;
    return parsed_->byte(at_) == 't';
}

std::optional<double> JsonValue::number() const {
    if (kind() != Kind::number) return std::nullopt;
    const std::string_view text = raw();
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec == std::errc()) return value;
    value = std::strtod(std::string(text).c_str(), nullptr);  // too near to zero is zero
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> JsonValue::integer() const {
    if (kind() != Kind::number) return std::nullopt;
    const std::string_view text = raw();
    const char* const end = text.data() + text.size();
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return value;
}

std::optional<std::string_view> JsonValue::string() const {
    if (kind() != Kind::string) return std::nullopt;
    return parsed_->unescape(parsed_->between_quotes(at_), false);
}

std::optional<std::string_view> JsonValue::readable_string() const {
    if (kind() != Kind::string) return std::nullopt;
    return parsed_->unescape(parsed_->between_quotes(at_), true);
}

JsonValue::Place JsonValue::first_member() const {
    return {at_ + 1, is_object() ? parsed_->tokens[at_].close : at_ + 1};
}

JsonValue::Place JsonValue::first_element() const {
    return {at_ + 1, is_array() ? parsed_->tokens[at_].close : at_ + 1};
}

std::uint32_t JsonValue::behind(std::uint32_t value) const {
    return parsed_->behind(value);
}

char JsonValue::first_byte(std::uint32_t key) const {
    return parsed_->text[parsed_->tokens[key].start + 1];
}

std::size_t JsonValue::size_max(std::uint32_t key) const {
    constexpr std::size_t around = 3;  // two quotes and a colon
    return parsed_->tokens[key + 1].start - parsed_->tokens[key].start - around;
}

std::string_view JsonValue::text_of(std::uint32_t key) const {
    return parsed_->key(key);
}

std::optional<JsonValue> JsonValue::find(std::string_view key) const {
    for (Place at = first_member(); at.token != at.end; at = next_member(at)) {
        // No byte of a text becomes more than one.
        if (size_max(at.token) < key.size() || text_of(at.token) != key) continue;
        return JsonValue(parsed_, at.token + 1);
    }
    return std::nullopt;
}

std::optional<std::string_view> JsonValue::find_string(std::string_view key) const {
    const auto member = find(key);
    return member ? member->string() : std::nullopt;
}

std::vector<JsonValue> JsonValue::elements() const {
    std::vector<JsonValue> values;
    for_each_element([&values](const JsonValue& value) {
        values.push_back(value);
        return true;
    });
    return values;
}

std::vector<JsonMember> JsonValue::members() const {
    std::vector<JsonMember> members;
    for_each_member([&members](std::string_view key, const JsonValue& value) {
        members.push_back({key, value});
    });
    return members;
}

void JsonValue::append_to(std::string& out) const {
    const std::string_view text = raw();
    const std::size_t before = out.size();
    std::size_t size = 0;
    out.resize(before + text.size());
    const auto error = simdjson::minify(text.data(), text.size(), out.data() + before, size);
    CHECK(error == simdjson::SUCCESS, "a checked text is closed");
    out.resize(before + size);
}

}  // namespace sluice
