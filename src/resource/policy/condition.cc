#include "resource/policy/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>

#include "base/ascii.h"
#include "base/check.h"
#include "base/result.h"

namespace sluice::resource {
namespace {

constexpr std::string_view person_prefix = "user.";
constexpr std::string_view argument_prefix = "args.";

bool is_listed(const std::vector<std::string>& values, std::string_view value) {
    return std::ranges::find(values, value) != values.end();
}

// Nothing for an empty name between two dots.
std::optional<std::vector<std::string>> split_path(std::string_view path) {
    std::vector<std::string> names;
    while (true) {
        const std::size_t dot = path.find('.');
        if (path.empty() || dot == 0) return std::nullopt;
        names.emplace_back(path.substr(0, dot));
        if (dot == std::string_view::npos) return names;
        path.remove_prefix(dot + 1);
    }
}

struct Found {
    Truth is_there = Truth::no;
    std::optional<JsonValue> value{};
};

// The member `name`; unknown where two would be taken for it by one reader or another.
Found find_member(const JsonValue& object, std::string_view name) {
    Found found;
    std::size_t count = 0;
    object.for_each_member([&](std::string_view key, const JsonValue& value) {
        if (key == name) {
            ++count;
            found.value = value;
        } else if (equal_ignoring_case(key, name)) {
            count += 2;
        }
    });
    if (count > 0) found.is_there = count == 1 ? Truth::yes : Truth::unknown;
    return found;
}

// As numbers are compared: 3, 3.0 and 3e0 are one. Empty where it is too large to be sure.
std::string_view canonical_number(const JsonValue& value, std::span<char> buffer) {
    const auto written = [buffer](const auto& number) {
        const auto end = fmt::format_to_n(buffer.data(), buffer.size(), "{}", number).out;
        return std::string_view(buffer.data(), end);
    };
    if (const auto integer = value.integer()) return written(*integer);
    const auto number = value.number();
    return number && std::isfinite(*number) ? written(*number) : std::string_view();
}

std::optional<double> number_of(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

Truth truth_of(bool value) {
    return value ? Truth::yes : Truth::no;
}

}  // namespace

std::expected<Condition, std::string> Condition::compile(const ConditionSettings& settings) {
    Condition condition;
    condition.settings_ = settings;
    const std::string_view attribute = settings.attribute;
    if (attribute == "client_id") {
        condition.source_ = Source::client_id;
    } else if (attribute == "sub") {
        condition.source_ = Source::subject;
    } else if (attribute == "scope") {
        condition.source_ = Source::scope;
    } else if (attribute.starts_with(person_prefix) && attribute.size() > person_prefix.size()) {
        condition.source_ = Source::person;
        condition.name_ = attribute.substr(person_prefix.size());
    } else if (attribute.starts_with(argument_prefix)) {
        condition.source_ = Source::argument;
        auto path = split_path(attribute.substr(argument_prefix.size()));
        if (!path) return failure(std::string("args. has to be followed by an argument's name"));
        condition.path_ = *std::move(path);
    } else {
        return failure(std::string(
            "the attributes are client_id, sub, scope, \"user.NAME\" and \"args.NAME\""));
    }
    if (settings.any_of.empty() && settings.all_of.empty() && settings.match.empty() &&
        !settings.min && !settings.max) {
        return failure(std::string("a condition needs something to compare with"));
    }
    const bool has_many = condition.source_ == Source::scope || condition.source_ == Source::person;
    if (!settings.all_of.empty() && !has_many) {
        return failure(
            std::string("`all` is for what has several values: scope and \"user.NAME\""));
    }
    if (!settings.match.empty()) {
        TRY(condition.match_, Pattern::compile(settings.match));
    }
    return condition;
}

Truth Condition::test(const AccessRequest& request) const {
    switch (source_) {
        case Source::client_id:
            return request.client_id.empty() ? Truth::unknown
                                             : truth_of(accepts(request.client_id));
        case Source::subject:
            return request.subject.empty() ? Truth::unknown : truth_of(accepts(request.subject));
        case Source::scope:
            return test_scopes(request);
        case Source::person:
            return test_person(request);
        case Source::argument:
            break;
    }
    CHECK(source_ == Source::argument);
    if (!request.arguments.seen) return Truth::unknown;
    return request.arguments.value ? test_argument(*request.arguments.value) : Truth::no;
}

bool Condition::accepts(std::string_view value) const {
    if (match_) return match_->matches(value);
    if (!settings_.any_of.empty()) return is_listed(settings_.any_of, value);
    CHECK(settings_.all_of.empty(), "compile() refuses it where there is one value");
    const std::optional<double> number = number_of(value);
    return number && (!settings_.min || *number >= *settings_.min) &&
           (!settings_.max || *number <= *settings_.max);
}

Truth Condition::test_scopes(const AccessRequest& request) const {
    if (request.granted == nullptr) return Truth::unknown;
    const token::ScopeSet& granted = *request.granted;
    if (!settings_.all_of.empty()) {
        return truth_of(std::ranges::all_of(
            settings_.all_of, [&](const std::string& name) { return granted.contains(name); }));
    }
    for (const std::string_view name : granted) {
        if (accepts(name)) return Truth::yes;
    }
    return Truth::no;
}

Truth Condition::test_person(const AccessRequest& request) const {
    if (!request.attributes) return Truth::unknown;
    const auto has = [&](const auto& is_wanted) {
        return std::ranges::any_of(*request.attributes, [&](const token::Attribute& attribute) {
            return attribute.name == name_ && is_wanted(std::string_view(attribute.value));
        });
    };
    if (!settings_.all_of.empty()) {
        return truth_of(std::ranges::all_of(settings_.all_of, [&](const std::string& wanted) {
            return has([&](std::string_view value) { return value == wanted; });
        }));
    }
    return truth_of(has([this](std::string_view value) { return accepts(value); }));
}

Truth Condition::test_argument(const JsonValue& arguments) const {
    JsonValue value = arguments;
    for (const std::string& name : path_) {
        if (value.is_null()) return Truth::no;
        if (!value.is_object()) return Truth::unknown;
        const Found found = find_member(value, name);
        if (found.is_there != Truth::yes) return found.is_there;
        value = *found.value;
    }
    if (!value.is_array()) return test_value(value);
    std::size_t passing = 0;
    std::size_t failing = 0;
    for (const JsonValue& element : value.elements()) {
        const Truth truth = test_value(element);
        if (truth == Truth::unknown) return Truth::unknown;
        ++(truth == Truth::yes ? passing : failing);
    }
    if (passing > 0 && failing > 0) return Truth::unknown;
    return truth_of(passing > 0);
}

Truth Condition::test_value(const JsonValue& value) const {
    switch (value.kind()) {
        case JsonValue::Kind::null:
            return Truth::no;
        case JsonValue::Kind::boolean:
            return truth_of(accepts(*value.boolean() ? "true" : "false"));
        case JsonValue::Kind::string: {
            const auto text = value.string();
            return text ? truth_of(accepts(*text)) : Truth::unknown;
        }
        case JsonValue::Kind::number: {
            std::array<char, 32> buffer{};
            const std::string_view number = canonical_number(value, buffer);
            return number.empty() ? Truth::unknown : truth_of(accepts(number));
        }
        default:
            return Truth::unknown;
    }
}

}  // namespace sluice::resource
