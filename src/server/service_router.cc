#include "server/service_router.h"

#include <algorithm>

namespace sluice::server {
namespace {

Route route_named(std::string_view name) {
    const auto found = std::ranges::find(route_names, name);
    return found == route_names.end() ? Route::other
                                      : static_cast<Route>(found - route_names.begin());
}

}  // namespace

ServiceRouter::ServiceRouter(const oauth::Settings* auth, const resource::Settings& resources) {
    using http::Method;
    add(Method::get, "/healthz", {Endpoint::Kind::health, Route::health});
    add(Method::get, "/livez", {Endpoint::Kind::health, Route::health});
    add(Method::get, "/readyz", {Endpoint::Kind::readiness, Route::health});
    add(Method::get, "/metrics", {Endpoint::Kind::metrics, Route::metrics});
    if (auth != nullptr) {
        for (const auto& route : oauth::AuthorizationServer::routes(*auth)) {
            add(route.method, route.path,
                {Endpoint::Kind::oauth, route_named(route.name), route.handler});
        }
    }
    for (const auto& resource : resources.resources) resource_paths_.push_back(resource.path);
}

void ServiceRouter::add(http::Method method, std::string_view path, Endpoint endpoint) {
    router_.add(method, path, static_cast<std::uint32_t>(endpoints_.size()));
    endpoints_.push_back(endpoint);
}

Route ServiceRouter::classify(std::string_view path) const {
    for (const auto method : {http::Method::get, http::Method::post}) {
        const http::RouteMatch match = router_.match(method, path);
        if (match.outcome == http::RouteMatch::Outcome::found) return endpoint(match).route;
    }
    if (std::ranges::find(resource_paths_, path) != resource_paths_.end()) return Route::resource;
    return path.starts_with("/.well-known/") ? Route::metadata : Route::other;
}

}  // namespace sluice::server
