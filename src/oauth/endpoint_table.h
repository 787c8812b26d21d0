// Endpoints, declared once: routes, CORS, metadata (RFC 8414 §2) and the log follow this table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "http/method.h"
#include "io/task.h"
#include "oauth/settings.h"

namespace sluice::oauth {

struct ShardState;

/// Answers every request. Request and response live until the task ends.
using EndpointHandler = io::Task<void> (*)(ShardState& state, const http::Request& request,
                                           http::Response& response);

/// Which methods of client authentication (RFC 6749 §2.3) an endpoint takes.
enum class ClientAuthentication : std::uint8_t {
    unlisted,      // none that metadata would list
    any,           // public clients, too
    confidential,  // only clients that authenticate
};

struct Endpoint {
    std::string_view name;  // for logs and metrics
    std::string_view path;  // below the issuer
    std::span<const http::Method> methods;
    bool cross_origin = false;            // browser clients of any origin may call it (Fetch §3.2)
    bool needs_keys = false;              // 503 until the server's keys have come out of the store
    std::string_view metadata_name = {};  // "token_endpoint"; empty: metadata does not tell
    ClientAuthentication client_authentication = ClientAuthentication::unlisted;
    bool (*offered)(const Settings& settings) = nullptr;  // null: always
    bool says_it_is_off = false;  // routed where it is not offered, too; others are not found then
    EndpointHandler handler = nullptr;
};

/// Every endpoint below the issuer, in metadata's order.
std::span<const Endpoint> endpoints();

bool is_offered(const Endpoint& endpoint, const Settings& settings);

struct Route {
    http::Method method;
    std::string path;  // exact
    const Endpoint* endpoint;
};

/// Every path there is to serve, preflights included: under the issuer's path and, where it has
/// one, at the root as well, since clients try it. 404 for any other path under /.well-known/ is
/// the caller's affair.
std::vector<Route> routes(const Settings& settings);

/// Protected resource metadata at the root (RFC 9728), for a process that has no resource of its
/// own and is asked all the same.
std::vector<Route> resource_metadata_routes();

}  // namespace sluice::oauth
