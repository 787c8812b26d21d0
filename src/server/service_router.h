// Route table of this process: built once from the settings, then only asked.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "http/router.h"
#include "metrics/route.h"
#include "oauth/endpoint_table.h"
#include "resource/decision_api/decision_api.h"
#include "resource/decision_api/external_authorizer.h"
#include "resource/settings.h"

namespace sluice::server {

struct Endpoint {
    enum class Kind : std::uint8_t { oauth, decision, authorizer, health, readiness, metrics };
    Kind kind;
    metrics::Route route;
    const oauth::Endpoint* oauth = nullptr;                              // of kind oauth
    resource::DecisionApi::Handler decision_handler = nullptr;           // of kind decision
    resource::ExternalAuthorizer::Handler authorizer_handler = nullptr;  // of kind authorizer
};

class ServiceRouter {
public:
    /// auth  Null where this process is no authorization server.
    ServiceRouter(const oauth::Settings* auth, const resource::Settings& resources);

    http::RouteMatch match(http::Method method, std::string_view path) const {
        return router_.match(method, path);
    }
    const Endpoint& endpoint(const http::RouteMatch& match) const {
        CHECK(match.outcome == http::RouteMatch::Outcome::found &&
              match.handler < endpoints_.size());
        return endpoints_[match.handler];
    }

    /// Whether scripts of every origin may read what stands at this path, refusals too.
    bool is_cross_origin(std::string_view path) const;

    /// What a request is counted as; any text will do.
    metrics::Route classify(std::string_view path) const;
    /// The place in the settings of the resource at this path.
    std::optional<std::size_t> find_resource(std::string_view path) const;

private:
    void add(http::Method method, std::string_view path, Endpoint endpoint);
    void add_prefix(http::Method method, std::string_view prefix, Endpoint endpoint);
    void add_decisions();
    void add_authorizers();

    http::Router router_;
    std::vector<Endpoint> endpoints_;
    std::vector<std::string> resource_paths_;
};

}  // namespace sluice::server
