#include "server/service_router.h"

#include <algorithm>

namespace sluice::server {
namespace {

metrics::Route route_named(std::string_view name) {
    const auto found = std::ranges::find(metrics::route_names, name);
    return found == metrics::route_names.end()
               ? metrics::Route::other
               : static_cast<metrics::Route>(found - metrics::route_names.begin());
}

}  // namespace

ServiceRouter::ServiceRouter(const oauth::Settings* auth, const resource::Settings& resources) {
    using http::Method;
    add(Method::get, "/healthz", {Endpoint::Kind::health, metrics::Route::health});
    add(Method::get, "/livez", {Endpoint::Kind::health, metrics::Route::health});
    add(Method::get, "/readyz", {Endpoint::Kind::readiness, metrics::Route::health});
    add(Method::get, "/metrics", {Endpoint::Kind::metrics, metrics::Route::metrics});
    if (auth != nullptr) {
        for (const oauth::Route& route : oauth::routes(*auth)) {
            add(route.method, route.path,
                {Endpoint::Kind::oauth, route_named(route.endpoint->name), route.endpoint});
        }
    }
    if (auth != nullptr && resources.resources.empty()) {
        for (const oauth::Route& route : oauth::resource_metadata_routes()) {
            add(route.method, route.path,
                {Endpoint::Kind::oauth, metrics::Route::metadata, route.endpoint});
        }
    }
    // Who asks for decisions is a client or holds an API key of [auth].
    if (auth != nullptr && !resources.resources.empty()) {
        add_decisions();
        add_authorizers();
    }
    for (const auto& resource : resources.resources) resource_paths_.push_back(resource.path);
}

void ServiceRouter::add_decisions() {
    using http::Method;
    using Api = resource::DecisionApi;
    const auto endpoint = [](Api::Handler handler) {
        return Endpoint{.kind = Endpoint::Kind::decision,
                        .route = metrics::Route::decision,
                        .decision_handler = handler};
    };
    add(Method::post, "/v1/decision", endpoint(&Api::decide));
    add(Method::post, "/v1/friction/record", endpoint(&Api::record));
    for (const auto& [method, handler] :
         {std::pair{Method::get, &Api::show_client}, {Method::delete_, &Api::forgive_client}}) {
        add(method, Api::clients_path, endpoint(handler));
        add_prefix(method, Api::clients_path, endpoint(handler));
    }
}

void ServiceRouter::add_authorizers() {
    using Authorizer = resource::ExternalAuthorizer;
    const auto endpoint = [](Authorizer::Handler handler) {
        return Endpoint{.kind = Endpoint::Kind::authorizer,
                        .route = metrics::Route::decision,
                        .authorizer_handler = handler};
    };
    // Proxies ask with the method of the request that they ask about.
    for (std::size_t i = 0; i < http::method_count; ++i) {
        const auto method = static_cast<http::Method>(i);
        add(method, Authorizer::nginx_path, endpoint(&Authorizer::answer_nginx));
        add(method, Authorizer::envoy_prefix, endpoint(&Authorizer::answer_envoy));
        add_prefix(method, Authorizer::envoy_prefix, endpoint(&Authorizer::answer_envoy));
    }
}

void ServiceRouter::add(http::Method method, std::string_view path, Endpoint endpoint) {
    router_.add(method, path, static_cast<std::uint32_t>(endpoints_.size()));
    endpoints_.push_back(endpoint);
}

void ServiceRouter::add_prefix(http::Method method, std::string_view prefix, Endpoint endpoint) {
    router_.add_prefix(method, prefix, static_cast<std::uint32_t>(endpoints_.size()));
    endpoints_.push_back(endpoint);
}

std::optional<std::size_t> ServiceRouter::find_resource(std::string_view path) const {
    const auto found = std::ranges::find(resource_paths_, path);
    if (found == resource_paths_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - resource_paths_.begin());
}

bool ServiceRouter::is_cross_origin(std::string_view path) const {
    // Who looks for a document and finds none must be able to tell that from a broken network.
    if (path.starts_with("/.well-known/")) return true;
    const http::RouteMatch preflight = router_.match(http::Method::options, path);
    if (preflight.outcome != http::RouteMatch::Outcome::found) return false;
    const Endpoint& found = endpoint(preflight);
    return found.oauth != nullptr && found.oauth->cross_origin;
}

metrics::Route ServiceRouter::classify(std::string_view path) const {
    for (const auto method : {http::Method::get, http::Method::post}) {
        const http::RouteMatch match = router_.match(method, path);
        if (match.outcome == http::RouteMatch::Outcome::found) return endpoint(match).route;
    }
    if (find_resource(path)) return metrics::Route::resource;
    return path.starts_with("/.well-known/") ? metrics::Route::metadata : metrics::Route::other;
}

}  // namespace sluice::server
