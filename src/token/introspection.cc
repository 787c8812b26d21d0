#include "token/introspection.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>
#include <cmath>

#include "base/json_writer.h"

namespace sluice::token {
namespace {

void write_text(JsonWriter& json, std::string_view name, std::string_view text) {
    if (!text.empty()) json.member(name, text);
}

void write_time(JsonWriter& json, std::string_view name, std::optional<std::int64_t> time) {
    if (time) json.member(name, *time);
}

void write_audience(JsonWriter& json, const std::vector<std::string>& audience) {
    if (audience.empty()) return;
    json.key("aud");
    if (audience.size() == 1) {
        json.value(std::string_view(audience.front()));
        return;
    }
    json.begin_array();
    for (const std::string& one : audience) json.value(std::string_view(one));
    json.end_array();
}

using Read = std::expected<void, IntrospectionError>;

std::unexpected<IntrospectionError> unusable(std::string_view reason) {
    return failure(IntrospectionError{.concerns_token = true, .reason = reason});
}

/// A name, or the number that some servers keep for one.
Read read_name(const JsonValue& value, std::string& name) {
    if (const auto text = value.string()) {
        name = *text;
    } else if (value.integer()) {
        name = value.raw();
    } else {
        return unusable("sub, client_id, iss or token_type is neither a string nor an integer");
    }
    return {};
}

/// Of those that nothing depends on: nothing where it is no text.
void read_remark(const JsonValue& value, std::string& remark) {
    remark = value.readable_string().value_or("");
}

std::optional<std::int64_t> find_seconds(const JsonValue& value) {
    auto number = value.number();
    if (const auto text = value.string()) {
        double read = 0;
        const char* const end = text->data() + text->size();
        const auto result = std::from_chars(text->data(), end, read);
        if (result.ec == std::errc() && result.ptr == end) number = read;
    }
    constexpr double bound = 9e15;  // below 2^53: far beyond any date, and exact as a double
    if (!number || !(std::abs(*number) <= bound)) return std::nullopt;
    return static_cast<std::int64_t>(std::floor(*number));
}

Read read_bound(const JsonValue& value, std::optional<std::int64_t>& time) {
    time = find_seconds(value);
    if (!time) return unusable("exp or nbf is not a number of seconds");
    return {};
}

/// A text, or several of one name or more. What is no scope grants nothing.
void read_scope(const JsonValue& value, ScopeSet& scope) {
    std::string names(value.string().value_or(""));
    value.for_each_element([&names](const JsonValue& one) {
        names.append(" ").append(one.string().value_or(""));
        return true;
    });
    scope = ScopeSet::parse(names).value_or(ScopeSet());
}

/// What is no text names no resource.
void read_audience(const JsonValue& value, std::vector<std::string>& audience) {
    const auto add = [&audience](const JsonValue& one) {
        if (const auto text = one.string()) audience.emplace_back(*text);
        return true;
    };
    add(value);
    value.for_each_element(add);
}

Read read_member(std::string_view name, const JsonValue& value, TokenInfo& info) {
    if (name == "client_id") return read_name(value, info.client_id);
    if (name == "sub") return read_name(value, info.subject);
    if (name == "iss") return read_name(value, info.issuer);
    if (name == "token_type") return read_name(value, info.token_type);
    if (name == "exp") return read_bound(value, info.expires_at);
    if (name == "nbf") return read_bound(value, info.not_before);
    if (name == "iat") info.issued_at = find_seconds(value);
    if (name == "scope") read_scope(value, info.scope);
    if (name == "aud") read_audience(value, info.audience);
    if (name == "username") read_remark(value, info.username);
    if (name == "jti") read_remark(value, info.token_id);
    return {};
}

/// Those that are read: none may stand twice, since others might read the other one.
constexpr std::array<std::string_view, 12> known_names = {
    "active", "client_id", "sub", "iss", "token_type", "exp",
    "nbf",    "scope",     "aud", "iat", "username",   "jti"};

}  // namespace

bool TokenInfo::is_for(const ResourceIdentifier& resource) const {
    return std::ranges::any_of(audience,
                               [&](const std::string& one) { return resource.matches(one); });
}

bool TokenInfo::is_current(std::int64_t now) const {
    return (!expires_at || now < *expires_at) && (!not_before || now >= *not_before);
}

void append_introspection_json(std::string& out, const TokenInfo& info) {
    JsonWriter json(out);
    json.begin_object().member("active", true);
    write_text(json, "scope", info.scope.text());
    write_text(json, "client_id", info.client_id);
    write_text(json, "username", info.username);
    write_text(json, "token_type", info.token_type);
    write_time(json, "exp", info.expires_at);
    write_time(json, "iat", info.issued_at);
    write_time(json, "nbf", info.not_before);
    write_text(json, "sub", info.subject);
    write_audience(json, info.audience);
    write_text(json, "iss", info.issuer);
    write_text(json, "jti", info.token_id);
    json.end_object();
}

std::expected<std::optional<TokenInfo>, IntrospectionError> parse_introspection_json(
    std::string_view text) {
    const auto document = JsonDocument::parse_carried(text);
    if (!document) return failure(IntrospectionError{.reason = document.error().reason});
    const JsonValue root = document->root();
    const auto active = root.find("active");
    if (!active) return failure(IntrospectionError{.reason = "there is no member active"});
    const auto truth = active->boolean();
    if (!truth) return unusable("active is not a boolean");
    if (!*truth) return std::nullopt;

    TokenInfo info;
    Read read;
    std::bitset<known_names.size()> seen;
    root.for_each_member([&](std::string_view name, const JsonValue& value) {
        const auto known = std::ranges::find(known_names, name);
        if (known == known_names.end() || !read) return;
        const auto place = static_cast<std::size_t>(known - known_names.begin());
        if (seen[place]) read = unusable("a member stands twice");
        seen.set(place);
        if (read && !value.is_null()) read = read_member(name, value, info);
    });
    REQUIRE(read);
    return info;
}

}  // namespace sluice::token
