#include "oauth/endpoint_table.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "oauth/authorization/authorize_endpoint.h"
#include "oauth/authorization/pushed_request_endpoint.h"
#include "oauth/clients/registration_endpoint.h"
#include "oauth/device/device_authorization_endpoint.h"
#include "oauth/device/verification_endpoint.h"
#include "oauth/grants/token_endpoint.h"
#include "oauth/introspection/introspection_endpoint.h"
#include "oauth/jwks_endpoint.h"
#include "oauth/jwt_access_token.h"
#include "oauth/metadata.h"
#include "oauth/revocation_endpoint.h"

namespace sluice::oauth {
namespace {

using http::Method;

constexpr std::array get{Method::get};
constexpr std::array post{Method::post};
constexpr std::array get_and_post{Method::get, Method::post};

bool registration_is_open(const Settings& settings) {
    return settings.registration != Registration::closed;
}

bool devices_are_served(const Settings& settings) {
    return settings.device.enabled;
}

constexpr std::array<Endpoint, 9> table{{
    {.name = "authorize",
     .path = "/authorize",
     .methods = get_and_post,
     .needs_keys = true,
     .metadata_name = "authorization_endpoint",
     .handler = serve_authorize},
    {.name = "token",
     .path = "/token",
     .methods = post,
     .cross_origin = true,
     .needs_keys = true,
     .metadata_name = "token_endpoint",
     .client_authentication = ClientAuthentication::any,
     .handler = serve_token},
    {.name = "register",
     .path = "/register",
     .methods = post,
     .cross_origin = true,
     .needs_keys = true,
     .metadata_name = "registration_endpoint",
     .offered = registration_is_open,
     .says_it_is_off = true,
     .handler = serve_register},
    {.name = "revoke",
     .path = "/revoke",
     .methods = post,
     .cross_origin = true,
     .needs_keys = true,  // to know replaced refresh tokens
     .metadata_name = "revocation_endpoint",
     .client_authentication = ClientAuthentication::any,
     .handler = serve_revoke},
    {.name = "introspect",
     .path = "/introspect",
     .methods = post,
     .metadata_name = "introspection_endpoint",
     .client_authentication = ClientAuthentication::confidential,
     .handler = serve_introspect},
    {.name = "device_authorization",
     .path = "/device_authorization",
     .methods = post,
     .cross_origin = true,
     .metadata_name = "device_authorization_endpoint",
     .offered = devices_are_served,
     .handler = serve_device_authorization},
    {.name = "par",
     .path = "/par",
     .methods = post,
     .cross_origin = true,
     .metadata_name = "pushed_authorization_request_endpoint",
     .handler = serve_pushed_request},
    {.name = "device",
     .path = "/device",
     .methods = get_and_post,
     .needs_keys = true,
     .offered = devices_are_served,
     .handler = serve_verification},
    {.name = "jwks",
     .path = "/.well-known/jwks.json",
     .methods = get,
     .cross_origin = true,
     .needs_keys = true,
     .metadata_name = "jwks_uri",
     .offered = issues_jwts,
     .handler = serve_jwks},
}};

// The documents that tell of the others; where they stand, routes() says.
constexpr Endpoint metadata_document{
    .name = "metadata", .methods = get, .cross_origin = true, .handler = serve_metadata};

constexpr Endpoint resource_document{
    .name = "metadata", .methods = get, .cross_origin = true, .handler = serve_resource_metadata};

void add(std::vector<Route>& routes, const Endpoint& endpoint, const std::string& path) {
    const auto add_method = [&](Method method) {
        CHECK(path.starts_with('/') && endpoint.handler != nullptr, path);
        const bool known = std::ranges::any_of(routes, [&](const Route& route) {
            return route.method == method && route.path == path;
        });
        if (!known) routes.push_back({method, path, &endpoint});
    };
    for (const Method method : endpoint.methods) add_method(method);
    if (endpoint.cross_origin) add_method(Method::options);
}

}  // namespace

std::span<const Endpoint> endpoints() {
    return table;
}

bool is_offered(const Endpoint& endpoint, const Settings& settings) {
    return endpoint.offered == nullptr || endpoint.offered(settings);
}

std::vector<Route> resource_metadata_routes() {
    std::vector<Route> routes;
    add(routes, resource_document, "/.well-known/oauth-protected-resource");
    return routes;
}

std::vector<Route> routes(const Settings& settings) {
    const std::string base(issuer_path(settings));
    std::vector<Route> routes;
    // At the root, too: what clients of the 2025-03-26 revision try.
    for (const std::string& below : {base, std::string()}) {
        for (const Endpoint& endpoint : table) {
            if (!is_offered(endpoint, settings) && !endpoint.says_it_is_off) continue;
            add(routes, endpoint, below + std::string(endpoint.path));
        }
    }
    // RFC 8414 §3.1 inserts the issuer's path behind the well-known one, OpenID Connect Discovery
    // §4 appends the well-known path to the issuer's; clients try both, and the root.
    for (const std::string& inserted : {base, std::string()}) {
        add(routes, metadata_document, "/.well-known/oauth-authorization-server" + inserted);
        add(routes, metadata_document, "/.well-known/openid-configuration" + inserted);
    }
    // A client that takes a resource of this host for its own issuer inserts the resource's path.
    for (const ResourceSetting& resource : settings.resources) {
        if (!settings.issuer.starts_with(resource.identifier.origin())) continue;
        const std::string path(resource.identifier.path());
        add(routes, metadata_document, "/.well-known/oauth-authorization-server" + path);
    }
    add(routes, metadata_document, base + "/.well-known/openid-configuration");
    add(routes, metadata_document, base + "/.well-known/oauth-authorization-server");
    return routes;
}

}  // namespace sluice::oauth
