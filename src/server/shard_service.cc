#include "server/shard_service.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/result.h"
#include "http/error_response.h"
#include "io/event.h"
#include "io/task_group.h"
#include "io/unix_socket.h"
#include "oauth/cors.h"
#include "server/health_response.h"
#include "server/shared_windows.h"

namespace sluice::server {
namespace {

constexpr Duration log_flush_interval = std::chrono::milliseconds{100};
constexpr Seconds storage_retry{2};

// Of a request to the authorization server: a token may be as long as the longest header that can
// be configured.
constexpr std::size_t oauth_body_bytes_max = std::size_t{1040} * 1024;

LogLevel to_level(config::LogConfig::Level level) {
    return static_cast<LogLevel>(level);
}

LogFormat to_format(config::LogConfig::Format format) {
    return format == config::LogConfig::Format::json ? LogFormat::json : LogFormat::text;
}

http::ServerSettings server_settings(const ProcessParts& process) {
    const config::ServerConfig& config = process.config.server();
    http::ServerSettings settings;
    settings.limits.fields_bytes_max = config.max_header.count;
    settings.limits.body_bytes_max = config.max_body.count;
    settings.header_timeout = config.header_timeout;
    settings.body_grace = config.body_timeout;
    settings.body_stall = std::max(settings.body_stall, config.body_timeout);
    settings.body_bytes_per_second_min = config.body_min_rate.count;
    settings.idle_timeout = config.idle_timeout;
    settings.connections_max = config.max_connections;
    if (!process.proxies.empty()) settings.locator = &process.proxies;
    if (config.tls) settings.hsts = config.tls->hsts;
    return settings;
}

/// The gateway's question to the authorization server beside it.
resource::LocalVerifier::Lookup local_lookup(oauth::AuthorizationServer* auth) {
    if (auth == nullptr) return {};
    struct Ask {
        static io::Task<std::expected<void, resource::TokenError>> run(
            oauth::AuthorizationServer& server, std::string_view text, token::TokenInfo& info) {
            switch (co_await server.find_active(text, info)) {
                case oauth::Activity::active:
                    co_return std::expected<void, resource::TokenError>();
                case oauth::Activity::inactive:
                    co_return std::unexpected(resource::TokenError{resource::TokenFault::inactive});
                default:
                    co_return std::unexpected(
                        resource::TokenError{.fault = resource::TokenFault::unavailable,
                                             .retry_after = storage_retry,
                                             .detail = "storage is unavailable"});
            }
        }
    };
    return [auth](std::string_view text, token::TokenInfo& info) {
        return Ask::run(*auth, text, info);
    };
}

resource::LocalVerifier::Describe local_describe(oauth::AuthorizationServer* auth) {
    if (auth == nullptr) return {};
    return [auth](token::TokenInfo& info) { return auth->describe_person(info); };
}

std::unique_ptr<oauth::AuthorizationServer> make_auth(io::Shard& shard, const ProcessParts& process,
                                                      storage::Store& store,
                                                      oauth::Observer& observer,
                                                      storage::SharedWindows* windows,
                                                      http::Client& client) {
    if (process.auth == nullptr) return nullptr;
    return std::make_unique<oauth::AuthorizationServer>(
        oauth::AuthorizationServer::Parts{shard, *process.auth, process.keys, store,
                                          process.workers, observer, windows, &client},
        process.auth_peers);
}

}  // namespace

ShardService::ShardService(io::Shard& shard, const ProcessParts& process)
    : shard_(shard),
      process_(process),
      log_(process.log_writer, to_level(process.config.log().level),
           to_format(process.config.log().format)),
      guard_(process.resources, shard.random()),
      stats_(process.resources, guard_, process.config.admin().has_value(), shard.random()),
      events_(shard, log_, metrics_, stats_, process.router),
      client_(shard, process.lookups),
      storage_({shard, log_, process.storage, process.fatal_error, process.resources,
                process.guards, guard_, process.auth}),
      windows_(open_windows(process.redis, shard, process.lookups, events_)),
      auth_(make_auth(shard, process, storage_.store(), events_, windows_.get(), client_)),
      gateway_({shard, client_, process.guards, events_, local_lookup(auth_.get()),
                local_describe(auth_.get())},
               process.resources),
      decision_service_({shard, process.guards, events_}, gateway_),
      decision_api_(decision_service_),
      authorizer_(decision_service_),
      metrics_hosts_(metrics_hosts(process.config)),
      clock_(shard),
      server_(shard, server_settings(process), *this, &events_),
      all_drained_(shard) {
    storage_.serve(auth_.get());
    if (storage_.store().keeps_nothing()) gateway_.use_secret(process.keys.form);
    process_.guards.set(shard.index(), guard_);
    process_.stats.set(shard.index(), stats_);
    process_.services.set(shard.index(), *this);
    process_.servers.set(shard.index(), server_);
    if (shard.index() == 0 && process.config.admin()) {
        admin_ = std::make_unique<admin::AdminServer>(
            admin::StatsCollector::Parts{shard, process.resources, process.stats, process.guards},
            process.workers, *process.config.admin(), log_);
    }
    if (process.ticket_keys == nullptr) return;
    ticket_keys_ = std::make_shared<crypto::TlsTicketKeys>(*process.ticket_keys);
    use_certificates(process.config.server().tls->identities);
}

ShardService::~ShardService() {
    CHECK(stop_ == nullptr, "a shard's service was dropped while it runs");
}

std::expected<void, std::string> ShardService::listen() {
    const config::ServerConfig& config = process_.config.server();
    const auto transport =
        config.listens_with_tls() ? http::Transport::tls : http::Transport::plain;
    for (const io::Address& address : config.listen) {
        if (address.family() != AF_UNIX) {
            REQUIRE(listen_on_port(address, transport));
        } else if (shard_.index() == 0) {
            REQUIRE(listen_on_path(address));
        }
    }
    if (admin_) REQUIRE(admin_->listen(config.unix_socket));
    if (!config.tls) return {};
    for (const io::Address& address : config.tls->listen) {
        REQUIRE(listen_on_port(address, http::Transport::tls));
    }
    return {};
}

std::expected<void, std::string> ShardService::listen_on_port(const io::Address& address,
                                                              http::Transport transport) {
    const auto bound = server_.listen(address, transport);
    if (bound) return {};
    return std::unexpected(
        fmt::format("cannot listen on {}: {}. Choose another address under server.listen, or "
                    "stop whatever listens there",
                    address.text(), bound.error().text()));
}

std::expected<void, std::string> ShardService::listen_on_path(const io::Address& path) {
    auto socket = io::listen_on_unix_socket(path, process_.config.server().unix_socket);
    if (!socket) {
        return std::unexpected(fmt::format("cannot listen on {}: {}", path.text(), socket.error()));
    }
    server_.listen_for_all(std::make_unique<io::Listener>(shard_, *std::move(socket)),
                           process_.servers);
    return {};
}

io::Task<void> ShardService::run(io::Event& stop) {
    CHECK(stop_ == nullptr, "a service runs once");
    stop_ = &stop;
    io::CancelScope background;
    io::TaskGroup tasks;
    tasks.spawn(flush_log(background));
    storage_.start({.use_keys = [this](oauth::Keys keys) { return hand_out(std::move(keys)); },
                    .use_signing_keys =
                        [this](std::shared_ptr<const oauth::SigningKeys> keys) {
                            return hand_out_signing(std::move(keys));
                        },
                    .begin = [this] { return begin_everywhere(); }});
    if (auth_) auth_->start();
    if (shard_.index() == 0) log_start();
    if (ticket_keys_) log_odd_certificates(process_.config.server().tls->identities);
    const Duration drain_timeout = process_.config.server().drain_timeout;
    if (admin_) tasks.spawn(admin_->run(stop, drain_timeout));
    if (windows_) tasks.spawn(windows_->run(background));
    co_await storage_.wait_until_begun();
    co_await server_.run(stop, drain_timeout);
    background.cancel();
    co_await tasks.join();
    if (auth_ != nullptr) co_await auth_->close();
    co_await gateway_.close();  // its questions to other servers use the client
    co_await client_.close();
    co_await wait_for_all_drained();
    co_await storage_.stop();
    log_.flush();
    stop_ = nullptr;
}

io::Task<void> ShardService::wait_for_all_drained() {
    for (unsigned shard = 0; shard < process_.shard_count; ++shard) {
        co_await process_.services.call(shard_, shard, [](ShardService& service) {
            CHECK(service.drained_ < service.process_.shard_count, "a shard drains once");
            if (++service.drained_ == service.process_.shard_count) service.all_drained_.set();
        });
    }
    co_await all_drained_.wait();
}

void ShardService::log_start() {
    const config::Config& config = process_.config;
    LogLine line = log_.line(LogLevel::info, shard_.wall_now(), "started");
    line.add("version", SLUICE_VERSION)
        .add("shards", process_.shard_count)
        .add("public_url", config.server().public_url);
    for (const io::Address& address : config.server().listen) line.add("listen", address.text());
    if (config.server().tls) {
        for (const io::Address& address : config.server().tls->listen) {
            line.add("listen_tls", address.text());
        }
    }
    if (config.auth()) line.add("issuer", config.auth()->issuer);
    if (!config.admin()) return;
    for (const io::Address& address : config.admin()->listen) {
        line.add("listen_admin", address.text());
    }
}

io::Task<void> ShardService::flush_log(io::CancelScope& scope) {
    while (co_await io::Sleep(shard_, log_flush_interval, &scope)) log_.flush();
}

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

// Where a token says who calls, nothing is kept for a body of nobody's; and where the body itself
// says so, not more than it takes.
bool ShardService::serves_from_head(const http::Request& request) const {
    const http::RouteMatch match = process_.router.match(request.method(), request.path());
    if (match.outcome != http::RouteMatch::Outcome::found) return gateway_.serves(request.path());
    const Endpoint::Kind kind = process_.router.endpoint(match).kind;
    return kind == Endpoint::Kind::decision || kind == Endpoint::Kind::authorizer ||
           kind == Endpoint::Kind::oauth;
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
            if (!exchange.body_complete() && !co_await read_body(exchange, oauth_body_bytes_max)) {
                co_return;
            }
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
    if (!exchange.body_complete() && !co_await read_body(exchange)) co_return;
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
