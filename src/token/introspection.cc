#include "token/introspection.h"

#include <algorithm>
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

/// The member where it is there and not null.
std::optional<JsonValue> find_known(const JsonValue& object, std::string_view name) {
    auto member = object.find(name);
    return member && !member->is_null() ? member : std::nullopt;
}

Result<std::string> read_text(const JsonValue& object, std::string_view name) {
    const auto member = find_known(object, name);
    if (!member) return std::string();
    const auto text = member->string();
    if (!text) return failure(Error{"a member of the introspection response is not a string"});
    return std::string(*text);
}

Result<std::optional<std::int64_t>> read_time(const JsonValue& object, std::string_view name) {
    const auto member = find_known(object, name);
    if (!member) return std::nullopt;
    const auto number = member->number();
    constexpr double bound = 9e15;  // below 2^53: far beyond any date, and exact as a double
    if (!number || std::abs(*number) > bound) {
        return failure(Error{"a time in the introspection response is not a number of seconds"});
    }
    return static_cast<std::int64_t>(std::floor(*number));
}

Result<std::vector<std::string>> read_audience(const JsonValue& object) {
    std::vector<std::string> audience;
    const auto member = find_known(object, "aud");
    if (!member) return audience;
    if (const auto text = member->string()) {
        audience.emplace_back(*text);
        return audience;
    }
    if (!member->is_array()) return failure(Error{"the audience is neither a string nor an array"});
    for (const JsonValue& one : member->elements()) {
        const auto text = one.string();
        if (!text) return failure(Error{"the audience contains something that is not a string"});
        audience.emplace_back(*text);
    }
    return audience;
}

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

Result<std::optional<TokenInfo>> parse_introspection_json(std::string_view text) {
    const auto document = JsonDocument::parse(text);
    if (!document) return failure(Error{document.error().reason});
    const JsonValue root = document->root();
    const auto active = root.find("active");
    const auto truth = active ? active->boolean() : std::nullopt;
    if (!truth) return failure(Error{"the introspection response has no member active"});
    if (!*truth) return std::nullopt;

    TokenInfo info;
    TRY(const std::string scope, read_text(root, "scope"));
    TRY(info.scope, ScopeSet::parse(scope));
    TRY(info.client_id, read_text(root, "client_id"));
    TRY(info.username, read_text(root, "username"));
    TRY(info.token_type, read_text(root, "token_type"));
    TRY(info.expires_at, read_time(root, "exp"));
    TRY(info.issued_at, read_time(root, "iat"));
    TRY(info.not_before, read_time(root, "nbf"));
    TRY(info.subject, read_text(root, "sub"));
    TRY(info.audience, read_audience(root));
    TRY(info.issuer, read_text(root, "iss"));
    TRY(info.token_id, read_text(root, "jti"));
    return info;
}

}  // namespace sluice::token
