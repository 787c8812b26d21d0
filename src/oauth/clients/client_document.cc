// The checks of a document and of its address.
#include "oauth/clients/client_document.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/check.h"
#include "base/json.h"
#include "http/uri.h"
#include "http/url_safety.h"
#include "oauth/clients/known_client_documents.h"
#include "oauth/clients/redirect_uri.h"
#include "oauth/grants/grant_table.h"

namespace sluice::oauth {
namespace {

constexpr std::size_t name_size_max = 200;  // bytes
constexpr std::size_t list_size_max = 64;

std::unexpected<Error> bad_document(std::string_view why) {
    return refuse(ErrorCode::invalid_client,
                  std::string("The client's metadata document ").append(why).append("."));
}

bool has_dot_segment(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(1);  // '/'
        const std::size_t end = std::min(path.find('/'), path.size());
        std::string segment;
        if (!http::append_percent_decoded(segment, path.substr(0, end))) return true;
        if (segment == "." || segment == "..") return true;
        path.remove_prefix(end);
    }
    return false;
}

std::optional<JsonValue> find_given(const JsonValue& object, std::string_view name) {
    auto member = object.find(name);
    return member && !member->is_null() ? member : std::nullopt;
}

Result<std::string> read_name(const JsonValue& object) {
    const std::string_view name = object.find_string("client_name").value_or("");
    const bool printable = std::ranges::none_of(
        name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (name.empty() || name.size() > name_size_max || !printable) {
        return bad_document("has no client_name of one short line");
    }
    return std::string(name);
}

// §4.1: nothing that would need a secret to be shared.
Result<ClientAuthMethod> read_auth_method(const JsonValue& object) {
    if (object.find("client_secret") || object.find("client_secret_expires_at")) {
        return bad_document("holds a secret");
    }
    const auto member = find_given(object, "token_endpoint_auth_method");
    if (!member || member->string() == "none") return ClientAuthMethod::none;
    if (member->string() == "private_key_jwt") return ClientAuthMethod::private_key_jwt;
    return bad_document("names a token_endpoint_auth_method that is not supported for it");
}

// Public keys need not be kept from anybody.
Result<ClientKeys> read_keys(const JsonValue& object, const Settings& settings,
                             ClientAuthMethod auth_method) {
    if (auth_method != ClientAuthMethod::private_key_jwt) return ClientKeys();
    auto keys = read_client_keys(object, settings);
    if (!keys) return bad_document("has no jwks or jwks_uri that can be used");
    return keys;
}

Result<std::vector<std::string>> read_redirect_uris(const JsonValue& object) {
    std::vector<std::string> uris;
    const auto member = find_given(object, "redirect_uris");
    if (!member || !member->is_array() || member->elements().size() > list_size_max) {
        return bad_document("has no redirect_uris, or too many");
    }
    for (const JsonValue& element : member->elements()) {
        const auto uri = element.string();
        if (!uri) return bad_document("has a redirect URI that is no text");
        if (!registered_redirect_uri_fault(*uri)) uris.emplace_back(*uri);
    }
    return uris;
}

bool holds(const JsonValue& list, std::string_view text) {
    return std::ranges::any_of(list.elements(),
                               [text](const JsonValue& each) { return each.string() == text; });
}

Result<GrantTypes> read_grant_types(const JsonValue& object, const Settings& settings,
                                    ClientAuthMethod auth_method) {
    GrantTypes asked = {GrantType::authorization_code, GrantType::refresh_token};
    if (const auto member = find_given(object, "grant_types")) {
        asked = {};
        for (const JsonValue& name : member->elements()) {
            const auto type = find_registered_grant_type(name.string().value_or(""));
            if (type) asked.add(*type);
        }
    }
    GrantTypes types = asked & registrable_grant_types(settings, false, auth_method);
    const auto responses = find_given(object, "response_types");
    if (responses && !holds(*responses, "code")) types.remove(GrantType::authorization_code);
    GrantTypes initial = types;
    initial.remove(GrantType::refresh_token);
    if (initial.empty()) return bad_document("names no grant type that such a client may have");
    return types;
}

}  // namespace

std::optional<std::string_view> client_document_url_fault(std::string_view url) {
    if (url.size() > client_document_url_size_max) return "is longer than 512 bytes";
    const auto uri = http::parse_uri(url);
    if (!uri || uri->scheme != "https" || !uri->host) return "is no https URL";
    if (uri->userinfo) return "must not contain user information";
    if (uri->fragment) return "must not have a fragment";
    if (!http::is_plain_host(*uri->host) || to_lower(*uri->host) != *uri->host) {
        return "has a host in a form that is not plain";
    }
    if (uri->port) {
        const auto port = parse_decimal(*uri->port);
        if (!port || *port == 0 || *port > 65535) return "has an invalid port";
    }
    if (uri->path.empty() || uri->path == "/") return "has no path";
    if (has_dot_segment(uri->path)) return "has a path with dot segments";
    return std::nullopt;
}

bool host_matches(std::string_view pattern, std::string_view host) {
    if (pattern == "*") return true;
    if (!pattern.starts_with("*.")) return pattern == host;
    const std::string_view below = pattern.substr(1);
    return host.size() > below.size() && host.ends_with(below);
}

bool is_document_host_allowed(const ClientDocumentSettings& settings, std::string_view host) {
    const auto matches = [host](const std::string& pattern) { return host_matches(pattern, host); };
    return std::ranges::none_of(settings.deny, matches) &&
           std::ranges::any_of(settings.allow, matches);
}

Result<Client> parse_client_document(std::string_view json, std::string_view url,
                                     const Settings& settings) {
    const auto document = JsonDocument::parse(json);
    if (!document || !document->root().is_object()) return bad_document("is no JSON object");
    const JsonValue object = document->root();
    if (object.find_string("client_id") != url) {
        return bad_document("names another client_id than its own address");
    }
    Client client;
    client.client_id = url;
    client.registered = true;
    client.document_host = http::parse_uri(url)->host.value_or("");
    TRY(client.name, read_name(object));
    TRY(client.auth_method, read_auth_method(object));
    TRY(client.keys, read_keys(object, settings, client.auth_method));
    TRY(client.grant_types, read_grant_types(object, settings, client.auth_method));
    TRY(client.redirect_uris, read_redirect_uris(object));
    if (client.redirect_uris.empty() && client.grant_types.has(GrantType::authorization_code)) {
        return bad_document("has no redirect URI that is allowed here");
    }
    return client;
}

std::string_view find_known_client_document(std::string_view url) {
    // Parsed once a process: the text never changes, and few ask.
    static const auto texts = [] {
        std::vector<std::pair<std::string, std::string>> list;
        const auto documents = JsonDocument::parse(known_client_documents);
        CHECK(documents.has_value(), "the copies are JSON");
        for (const JsonValue& each : documents->root().elements()) {
            std::string text;
            each.append_to(text);
            list.emplace_back(each.find_string("client_id").value_or(""), std::move(text));
        }
        return list;
    }();
    for (const auto& [client_id, text] : texts) {
        if (client_id == url) return text;
    }
    return {};
}

}  // namespace sluice::oauth
