// Requests: to the endpoint of their path, or to the gateway.
#include "base/check.h"
#include "http/error_response.h"
#include "oauth/cors.h"
#include "server/health_response.h"
#include "server/shard_service.h"

namespace sluice::server {
io::Task<void> ShardService::serve(http::Exchange& exchange) {
    const http::Request& request = exchange.request();
    const http::RouteMatch match = process_.router.match(request.method(), request.path());
    if (match.outcome == http::RouteMatch::Outcome::found) {
        co_return co_await serve_endpoint(process_.router.endpoint(match), exchange);
    }
    if (gateway_.serves(request.path())) co_return co_await gateway_.handle(exchange);

    http::Response& response = exchange.response();
    if (process_.router.is_cross_origin(request.path())) oauth::allow_every_origin(response);
    switch (match.outcome) {
        case http::RouteMatch::Outcome::options:
            response.set_status(http::Status::no_content);
            response.add_field("Allow", match.allow);
            break;
        case http::RouteMatch::Outcome::method_not_allowed:
            response.add_field("Allow", match.allow);
            http::write_error(response, http::Status::method_not_allowed, "invalid_request",
                              "This method is not allowed: see Allow.");
            break;
        default:
            http::write_error(response, http::Status::not_found, "not_found",
                              "Nothing is served at this path.");
    }
}

// Where a token says who calls, nothing is kept for a body of nobody's.
bool ShardService::serves_from_head(const http::Request& request) const {
    const http::RouteMatch match = process_.router.match(request.method(), request.path());
    if (match.outcome != http::RouteMatch::Outcome::found) return gateway_.serves(request.path());
    const Endpoint::Kind kind = process_.router.endpoint(match).kind;
    return kind == Endpoint::Kind::decision || kind == Endpoint::Kind::authorizer;
}

void ShardService::refuse(const http::Request& request, const http::ParseError& error,
                          http::Response& response) {
    if (gateway_.serves(request.path())) return gateway_.refuse(request, error, response);
    if (process_.router.is_cross_origin(request.path())) oauth::allow_every_origin(response);
    http::write_error(response, error);
}

io::Task<bool> ShardService::read_body(http::Exchange& exchange, std::size_t bytes_max) {
    const auto read = co_await exchange.read_body(bytes_max);
    if (read) co_return true;
    if (read.error().status == http::Status::service_unavailable) {
        exchange.response().add_field("Retry-After", "1");
    }
    refuse(exchange.request(), read.error(), exchange.response());
    co_return false;
}

io::Task<void> ShardService::serve_endpoint(const Endpoint& endpoint, http::Exchange& exchange) {
    http::Response& response = exchange.response();
    switch (endpoint.kind) {
        case Endpoint::Kind::oauth:
            CHECK(auth_ != nullptr && endpoint.oauth != nullptr);
            co_return co_await auth_->serve(*endpoint.oauth, exchange.request(), response);
        case Endpoint::Kind::decision:
            co_return co_await serve_decision(endpoint, exchange);
        case Endpoint::Kind::authorizer:
            co_return co_await serve_proxy(endpoint, exchange);
        case Endpoint::Kind::health:
            co_return write_status(response, http::Status::ok, "ok");
        case Endpoint::Kind::readiness:
            co_return co_await write_readiness(response);
        case Endpoint::Kind::metrics:
            co_return co_await serve_metrics(exchange);
    }
}

io::Task<void> ShardService::serve_decision(const Endpoint& endpoint, http::Exchange& exchange) {
    const http::Request& request = exchange.request();
    CHECK(auth_ != nullptr && endpoint.decision_handler != nullptr);
    const bool usual = exchange.body_complete() && request.field_count("Authorization") == 1;
    const token::ResourceRights* const rights =
        usual ? auth_->find_resource_server(*request.field("Authorization")) : nullptr;
    return rights != nullptr ? (decision_api_.*endpoint.decision_handler)(exchange, *rights)
                             : serve_unproven(endpoint, exchange);
}

io::Task<void> ShardService::serve_unproven(const Endpoint& endpoint, http::Exchange& exchange) {
    const http::Request& request = exchange.request();
    if (request.field_count("Authorization") > 1) {
        http::write_error(exchange.response(), http::Status::bad_request, "invalid_request",
                          "There is more than one Authorization header.");
        co_return;
    }
    const std::string_view authorization = request.field("Authorization").value_or("");
    token::ResourceRights rights =
        co_await auth_->admit_resource_server(request, authorization, exchange.response());
    if (rights.none()) co_return;
    if (!exchange.body_complete() &&
        !co_await read_body(exchange, resource::DecisionApi::body_bytes_max)) {
        co_return;
    }
    co_await (decision_api_.*endpoint.decision_handler)(exchange, std::move(rights));
}

io::Task<void> ShardService::serve_proxy(const Endpoint& endpoint, http::Exchange& exchange) {
    const http::Request& request = exchange.request();
    http::Response& response = exchange.response();
    CHECK(auth_ != nullptr && endpoint.authorizer_handler != nullptr);
    constexpr std::string_view field = resource::ExternalAuthorizer::proof_field;
    const bool once = request.field_count(field) == 1;
    const std::string_view proof = once ? *request.field(field) : std::string_view();
    token::ResourceRights rights = co_await auth_->admit_resource_server(request, proof, response);
    if (!rights.none()) {
        co_return co_await (authorizer_.*endpoint.authorizer_handler)(exchange, std::move(rights));
    }
    // Not for the client to mend: it must not take this for a question about its own token.
    response.clear();
    http::write_error(response, http::Status::internal_server_error, "proxy_not_authorized",
                      "The proxy is not authorized: Sluice-Authorization is missing or invalid.");
}

}  // namespace sluice::server
