// Writing the metadata document.
#include "oauth/metadata.h"

#include <initializer_list>

#include "base/json_writer.h"

namespace sluice::oauth {
namespace {

void write_list(JsonWriter& json, std::string_view name,
                std::initializer_list<std::string_view> values) {
    json.key(name).begin_array();
    for (const std::string_view value : values) json.value(value);
    json.end_array();
}

}  // namespace

std::string make_metadata(const Settings& settings) {
    std::string text;
    JsonWriter json(text);
    const auto endpoint = [&](std::string_view name, std::string_view path) {
        json.key(name).value(std::string_view(settings.issuer + std::string(path)));
    };
    json.begin_object().key("issuer").value(std::string_view(settings.issuer));
    endpoint("authorization_endpoint", "/authorize");
    endpoint("token_endpoint", "/token");
    if (settings.registration != Registration::closed) {
        endpoint("registration_endpoint", "/register");
    }
    json.key("scopes_supported").begin_array();
    for (const ScopeSetting& scope : settings.scopes) json.value(std::string_view(scope.name));
    json.end_array();
    write_list(json, "response_types_supported", {"code"});
    write_list(json, "response_modes_supported", {"query"});
    write_list(json, "grant_types_supported",
               {"authorization_code", "refresh_token", "client_credentials"});
    write_list(json, "token_endpoint_auth_methods_supported",
               {"none", "client_secret_basic", "client_secret_post"});
    endpoint("revocation_endpoint", "/revoke");
    write_list(json, "revocation_endpoint_auth_methods_supported",
               {"none", "client_secret_basic", "client_secret_post"});
    endpoint("introspection_endpoint", "/introspect");
    write_list(json, "introspection_endpoint_auth_methods_supported",
               {"client_secret_basic", "client_secret_post"});
    write_list(json, "code_challenge_methods_supported", {"S256"});
    write_list(json, "prompt_values_supported", {"none", "login", "consent"});
    json.member("authorization_response_iss_parameter_supported", true)
        .member("request_parameter_supported", false)
        .member("request_uri_parameter_supported", false)
        .end_object();
    return text;
}

std::string_view issuer_path(const Settings& settings) {
    const std::string_view issuer = settings.issuer;
    const std::size_t authority = issuer.find("://");
    const std::size_t slash =
        authority == std::string_view::npos ? authority : issuer.find('/', authority + 3);
    return slash == std::string_view::npos ? std::string_view{} : issuer.substr(slash);
}

}  // namespace sluice::oauth
