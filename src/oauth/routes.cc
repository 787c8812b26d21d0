// Where the endpoints stand.
#include <algorithm>

#include "oauth/authorization_server.h"
#include "oauth/metadata.h"

namespace sluice::oauth {
namespace {

using Server = AuthorizationServer;
using http::Method;

void add(std::vector<Server::Route>& routes, Method method, const std::string& path,
         std::string_view name, Server::Handler handler) {
    const bool known = std::ranges::any_of(routes, [&](const Server::Route& route) {
        return route.method == method && route.path == path;
    });
    if (!known) routes.push_back({method, path, name, handler});
}

void add_endpoints(std::vector<Server::Route>& routes, const std::string& base) {
    add(routes, Method::get, base + "/authorize", "authorize", &Server::authorize);
    add(routes, Method::post, base + "/authorize", "authorize", &Server::authorize);
    add(routes, Method::post, base + "/introspect", "introspect", &Server::introspect);
    const auto add_open = [&](std::string_view path, std::string_view name,
                              Server::Handler handler) {
        add(routes, Method::post, base + std::string(path), name, handler);
        add(routes, Method::options, base + std::string(path), name, &Server::preflight);
    };
    add_open("/token", "token", &Server::token);
    add_open("/revoke", "revoke", &Server::revoke);
    add_open("/register", "register", &Server::register_client);
}

void add_metadata(std::vector<Server::Route>& routes, const std::string& path) {
    add(routes, Method::get, path, "metadata", &Server::metadata);
    add(routes, Method::options, path, "metadata", &Server::preflight);
}

}  // namespace

std::vector<Server::Route> Server::routes(const Settings& settings) {
    const std::string base(issuer_path(settings));
    std::vector<Route> routes;
    add_endpoints(routes, base);
    add_endpoints(routes, "");  // what clients of the 2025-03-26 revision try
    // RFC 8414 §3.1 inserts the issuer's path behind the well-known one, OpenID Connect Discovery
    // §4 appends the well-known path to the issuer's; clients try both, and the root.
    for (const std::string& inserted : {base, std::string()}) {
        add_metadata(routes, "/.well-known/oauth-authorization-server" + inserted);
        add_metadata(routes, "/.well-known/openid-configuration" + inserted);
    }
    add_metadata(routes, base + "/.well-known/openid-configuration");
    add_metadata(routes, base + "/.well-known/oauth-authorization-server");
    return routes;
}

}  // namespace sluice::oauth
