// Writing the metadata document.
#include "oauth/metadata.h"

#include <initializer_list>

#include "base/json_writer.h"
#include "oauth/clients/client_assertion.h"
#include "oauth/cors.h"
#include "oauth/endpoint_table.h"
#include "oauth/grants/grant_table.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

void write_list(JsonWriter& json, std::string_view name,
                std::initializer_list<std::string_view> values) {
    json.key(name).begin_array();
    for (const std::string_view value : values) json.value(value);
    json.end_array();
}

// "token_endpoint", and "token_endpoint_auth_methods_supported" and the algorithms of assertions
// where clients authenticate there.
void write_endpoint(JsonWriter& json, const Settings& settings, const Endpoint& endpoint) {
    json.key(endpoint.metadata_name)
        .value(std::string_view(settings.issuer + std::string(endpoint.path)));
    if (endpoint.client_authentication == ClientAuthentication::unlisted) return;
    json.key(std::string(endpoint.metadata_name) + "_auth_methods_supported").begin_array();
    for (const auto& [name, method] : token::client_auth_method_names) {
        const bool taken = endpoint.client_authentication == ClientAuthentication::any ||
                           token::is_confidential(method);
        if (taken) json.value(name);
    }
    json.end_array();
    json.key(std::string(endpoint.metadata_name) + "_auth_signing_alg_values_supported");
    json.begin_array();
    for (const auto& [name, algorithm] : crypto::jws_algorithm_names) {
        if (client_assertion_algorithms.contains(algorithm)) json.value(name);
    }
    json.end_array();
}

}  // namespace

std::string make_metadata(const Settings& settings) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("issuer").value(std::string_view(settings.issuer));
    for (const Endpoint& endpoint : endpoints()) {
        if (!endpoint.metadata_name.empty() && is_offered(endpoint, settings)) {
            write_endpoint(json, settings, endpoint);
        }
    }
    json.key("scopes_supported").begin_array();
    for (const ScopeSetting& scope : settings.scopes) json.value(std::string_view(scope.name));
    json.end_array().key("grant_types_supported").begin_array();
    for (const GrantDeclaration& grant : grant_table()) {
        if (is_offered(grant, settings)) json.value(to_text(grant.type));
    }
    json.end_array();
    write_list(json, "response_types_supported", {"code"});
    write_list(json, "response_modes_supported", {"query"});
    write_list(json, "code_challenge_methods_supported", {"S256"});
    write_list(json, "prompt_values_supported", {"none", "login", "consent"});
    if (settings.client_documents.enabled) {
        json.member("client_id_metadata_document_supported", true);
    }
    if (settings.require_pushed_requests) {
        json.member("require_pushed_authorization_requests", true);
    }
    json.member("authorization_response_iss_parameter_supported", true)
        .member("request_parameter_supported", false)
        .member("request_uri_parameter_supported", false)
        .end_object();
    return text;
}

io::Task<void> serve_metadata(ShardState& state, const http::Request&, http::Response& response) {
    response.set_status(http::Status::ok);
    response.add_field("Content-Type", "application/json");
    response.add_field("Cache-Control", "public, max-age=300");
    allow_every_origin(response);
    response.body() = state.metadata_json;
    co_return;
}

io::Task<void> serve_resource_metadata(ShardState& state, const http::Request&,
                                       http::Response& response) {
    const Settings& settings = state.settings;
    response.set_status(http::Status::ok);
    response.add_field("Content-Type", "application/json");
    response.add_field("Cache-Control", "public, max-age=300");
    allow_every_origin(response);
    response.body().clear();
    JsonWriter json(response.body());
    json.begin_object().member("resource", settings.resources.empty()
                                               ? std::string_view(settings.issuer)
                                               : settings.resources.front().identifier.text());
    write_list(json, "authorization_servers", {settings.issuer});
    json.key("scopes_supported").begin_array();
    for (const auto name : settings.default_scope) json.value(name);
    json.end_array();
    write_list(json, "bearer_methods_supported", {"header"});
    json.end_object();
    co_return;
}

std::string_view issuer_path(const Settings& settings) {
    const std::string_view issuer = settings.issuer;
    const std::size_t authority = issuer.find("://");
    const std::size_t slash =
        authority == std::string_view::npos ? authority : issuer.find('/', authority + 3);
    return slash == std::string_view::npos ? std::string_view{} : issuer.substr(slash);
}

}  // namespace sluice::oauth
