// Reading and repeating client metadata.
#include "oauth/clients/client_metadata.h"

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "base/json_writer.h"
#include "http/uri.h"
#include "oauth/clients/redirect_uri.h"
#include "oauth/grants/grant_table.h"
#include "oauth/grants/scope_policy.h"
#include "oauth/scope_field.h"

namespace sluice::oauth {
namespace {

constexpr std::size_t text_size_max = 1024;  // bytes
constexpr std::size_t name_size_max = 200;   // bytes
constexpr std::size_t list_size_max = 32;
constexpr std::size_t redirect_uris_max = 16;
// Bytes, of all together: an identifier holds them.
constexpr std::size_t redirect_uris_size_max = 4 * 1024;

std::unexpected<Error> bad_metadata(std::string description) {
    return refuse(ErrorCode::invalid_client_metadata, description);
}

std::optional<JsonValue> find_given(const JsonValue& object, std::string_view name) {
    auto member = object.find(name);
    return member && !member->is_null() ? member : std::nullopt;
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Result<std::string> read_text(const JsonValue& object, std::string_view name,
                              std::size_t size_max = text_size_max) {
    const auto member = find_given(object, name);
    if (!member) return std::string();
    const auto text = member->string();
    if (!text || text->size() > size_max || has_control(*text)) {
        return bad_metadata(std::string(name) + " is not a text of one line, or is too long.");
    }
    return std::string(*text);
}

Result<std::string> read_web_url(const JsonValue& object, std::string_view name) {
    TRY(std::string text, read_text(object, name));
    if (text.empty() || http::HttpUrl::parse(text)) return text;
    return bad_metadata(std::string(name) + " is not an http or https URL.");
}

Result<std::vector<std::string>> read_list(const JsonValue& object, std::string_view name,
                                           ErrorCode fault) {
    std::vector<std::string> list;
    const auto member = find_given(object, name);
    if (!member) return list;
    const auto wrong = [&] {
        return refuse(fault, std::string(name) + " is not an array of at most 32 texts.");
    };
    if (!member->is_array() || member->elements().size() > list_size_max) return wrong();
    for (const JsonValue& element : member->elements()) {
        const auto text = element.string();
        if (!text || text->size() > 2 * text_size_max) return wrong();
        if (std::ranges::find(list, *text) == list.end()) list.emplace_back(*text);
    }
    return list;
}

bool contains(const std::vector<std::string>& list, std::string_view value) {
    return std::ranges::find(list, value) != list.end();
}

Result<ClientAuthMethod> read_auth_method(const JsonValue& object) {
    TRY(const std::string text, read_text(object, "token_endpoint_auth_method"));
    if (text.empty()) return ClientAuthMethod::client_secret_basic;  // RFC 7591 §2
    if (const auto method = find_by_name(token::client_auth_method_names, text)) return *method;
    return bad_metadata("The token_endpoint_auth_method " + describable(text) +
                        " is not supported.");
}

// RFC 7591 §2.1. Without grant_types a client gets what every MCP client needs, refresh included.
Result<GrantTypes> read_grant_types(const JsonValue& object, const Settings& settings, bool trusted,
                                    ClientAuthMethod auth_method) {
    TRY(const auto names, read_list(object, "grant_types", ErrorCode::invalid_client_metadata));
    TRY(const auto responses,
        read_list(object, "response_types", ErrorCode::invalid_client_metadata));
    GrantTypes asked;
    if (names.empty()) asked = {GrantType::authorization_code, GrantType::refresh_token};
    for (const std::string& name : names) {
        if (const auto type = find_registered_grant_type(name)) asked.add(*type);
    }
    const GrantTypes types = asked & registrable_grant_types(settings, trusted, auth_method);
    if (types.has(GrantType::authorization_code) && !responses.empty() &&
        !contains(responses, "code")) {
        return bad_metadata("The grant authorization_code needs the response type code.");
    }
    // What only renews a grant gives none by itself.
    GrantTypes initial = types;
    initial.remove(GrantType::refresh_token);
    if (initial.empty()) {
        return bad_metadata("None of the grant_types is open to a client that registers itself.");
    }
    return types;
}

// RFC 7591 §2: redirect flows must register where they lead.
Result<> read_redirect_uris(const JsonValue& object, ClientMetadata& metadata) {
    TRY(metadata.redirect_uris,
        read_list(object, "redirect_uris", ErrorCode::invalid_redirect_uri));
    if (metadata.redirect_uris.empty() && metadata.grant_types.has(GrantType::authorization_code)) {
        return refuse(ErrorCode::invalid_redirect_uri, "redirect_uris is missing or empty.");
    }
    std::size_t size = 0;
    for (const std::string& uri : metadata.redirect_uris) size += uri.size();
    if (metadata.redirect_uris.size() > redirect_uris_max || size > redirect_uris_size_max) {
        return refuse(ErrorCode::invalid_redirect_uri,
                      "There are more than 16 redirect URIs, or more than 4 KiB of them.");
    }
    for (const std::string& uri : metadata.redirect_uris) {
        if (const auto fault = registered_redirect_uri_fault(uri)) {
            return refuse(ErrorCode::invalid_redirect_uri,
                          "The redirect URI " + describable(uri) + " " + std::string(*fault) + ".");
        }
    }
    return {};
}

Result<> read_descriptions(const JsonValue& object, ClientMetadata& metadata) {
    TRY(metadata.client_name, read_text(object, "client_name", name_size_max));
    TRY(metadata.application_type, read_text(object, "application_type"));
    if (!metadata.application_type.empty() && metadata.application_type != "native" &&
        metadata.application_type != "web") {
        return bad_metadata("application_type is neither native nor web.");
    }
    TRY(metadata.client_uri, read_web_url(object, "client_uri"));
    TRY(metadata.logo_uri, read_web_url(object, "logo_uri"));
    TRY(metadata.tos_uri, read_web_url(object, "tos_uri"));
    TRY(metadata.policy_uri, read_web_url(object, "policy_uri"));
    TRY(metadata.software_id, read_text(object, "software_id"));
    TRY(metadata.software_version, read_text(object, "software_version"));
    TRY(metadata.contacts, read_list(object, "contacts", ErrorCode::invalid_client_metadata));
    return {};
}

Result<token::ScopeSet> read_scope(const JsonValue& object, const Settings& settings) {
    const auto text = parse_scope_field(object.find("scope"), settings.default_scope.text());
    if (!text) return bad_metadata("scope is not a text.");
    auto scope = token::ScopeSet::parse(*text);
    if (!scope) return bad_metadata(std::string(scope.error().reason));
    token::ScopeSet known;
    for (const std::string_view name : *scope) {
        if (is_known_scope(settings, name)) known.insert(name);
    }
    return known.empty() ? settings.default_scope : known;
}

void write_list(JsonWriter& json, std::string_view name, const std::vector<std::string>& list) {
    json.key(name).begin_array();
    for (const std::string& text : list) json.value(std::string_view(text));
    json.end_array();
}

void write_members(JsonWriter& json, const ClientMetadata& metadata) {
    const auto text = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) json.key(name).value(std::string_view(value));
    };
    text("client_name", metadata.client_name);
    write_list(json, "redirect_uris", metadata.redirect_uris);
    json.key("grant_types").begin_array();
    for (const auto& [name, type] : grant_type_names) {
        if (metadata.grant_types.has(type)) json.value(name);
    }
    json.end_array();
    json.key("response_types").begin_array();
    if (metadata.grant_types.has(GrantType::authorization_code)) json.value("code");
    json.end_array();
    json.member("token_endpoint_auth_method", to_text(metadata.auth_method));
    write_client_keys(json, metadata.keys);
    text("application_type", metadata.application_type);
    text("client_uri", metadata.client_uri);
    text("logo_uri", metadata.logo_uri);
    text("tos_uri", metadata.tos_uri);
    text("policy_uri", metadata.policy_uri);
    text("software_id", metadata.software_id);
    text("software_version", metadata.software_version);
    if (!metadata.contacts.empty()) write_list(json, "contacts", metadata.contacts);
}

}  // namespace

Result<ClientMetadata> parse_client_metadata(std::string_view json, const Settings& settings,
                                             bool trusted) {
    const auto document = JsonDocument::parse(json);
    if (!document)
        return bad_metadata("The body is not JSON: " + std::string(document.error().reason) + ".");
    const JsonValue object = document->root();
    if (!object.is_object()) return bad_metadata("The body is not a JSON object.");

    ClientMetadata metadata;
    TRY(metadata.auth_method, read_auth_method(object));
    if (metadata.auth_method == ClientAuthMethod::private_key_jwt) {
        TRY(metadata.keys, read_client_keys(object, settings));
    }
    TRY(metadata.grant_types, read_grant_types(object, settings, trusted, metadata.auth_method));
    REQUIRE(read_redirect_uris(object, metadata));
    REQUIRE(read_descriptions(object, metadata));
    TRY(metadata.scope, read_scope(object, settings));
    return metadata;
}

Client registered_client(const ClientMetadata& metadata) {
    Client client;
    client.name = metadata.client_name;
    client.auth_method = metadata.auth_method;
    client.keys = metadata.keys;
    client.redirect_uris = metadata.redirect_uris;
    client.grant_types = metadata.grant_types;
    client.registered = true;
    return client;
}

void append_metadata_members(std::string& out, const ClientMetadata& metadata) {
    std::string members;
    JsonWriter json(members);
    json.begin_object();
    write_members(json, metadata);
    json.member("scope", metadata.scope.text()).end_object();
    out.append(members, 1, members.size() - 2);
}

}  // namespace sluice::oauth
