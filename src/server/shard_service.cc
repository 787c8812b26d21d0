#include "server/shard_service.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/result.h"
#include "io/event.h"
#include "io/task_group.h"
#include "io/unix_socket.h"
#include "server/shared_windows.h"

namespace sluice::server {
namespace {

constexpr Duration log_flush_interval = std::chrono::milliseconds{100};
constexpr Seconds storage_retry{2};

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

}  // namespace sluice::server
