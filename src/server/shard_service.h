// Service of one shard: the endpoints of this process, over this shard's state.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "admin/admin_server.h"
#include "base/log.h"
#include "config/config.h"
#include "http/client.h"
#include "http/host_rule.h"
#include "http/server.h"
#include "http/service.h"
#include "io/sharded.h"
#include "io/worker_pool.h"
#include "metrics/counters.h"
#include "metrics/shard_stats.h"
#include "oauth/authorization_server.h"
#include "resource/decision/guard.h"
#include "resource/decision_api/decision_api.h"
#include "resource/gateway/gateway.h"
#include "server/event_log.h"
#include "server/reloaded_files.h"
#include "server/service_router.h"
#include "server/storage/engine.h"
#include "server/storage/fatal_error.h"
#include "server/storage/shard_storage.h"
#include "server/trusted_proxies.h"
#include "storage/redis/redis.h"
#include "storage/shared_windows.h"

namespace sluice::server {

class ShardService;

/// What every shard shares: immutable, or made for sharing. Outlives the services.
struct ProcessParts {
    const config::Config& config;
    const oauth::Settings* auth;  // null: this process is no authorization server
    const oauth::Keys& keys;
    storage::Redis* redis;  // null: boxes share no windows
    const resource::Settings& resources;
    const ServiceRouter& router;
    const TrustedProxies& proxies;
    LogWriter& log_writer;
    io::WorkerPool& workers;  // for passwords
    io::WorkerPool& lookups;  // for names
    OpenedStorage& storage;
    FatalError& fatal_error;
    oauth::Peers& auth_peers;
    io::Sharded<resource::Guard>& guards;
    io::Sharded<metrics::ShardStats>& stats;
    io::Sharded<ShardService>& services;
    io::Sharded<http::Server>& servers;
    unsigned shard_count;
    const crypto::TlsTicketKeys* ticket_keys;  // each shard copies them; null: no TLS
};

/// Constructed for every shard before the first one runs; used on its own shard from then on.
class ShardService final : public http::Service {
public:
    ShardService(io::Shard& shard, const ProcessParts& process);
    ShardService(const ShardService&) = delete;
    ShardService& operator=(const ShardService&) = delete;
    ~ShardService() override;

    /// Opens this shard's listeners, and on shard 0 those that the process has once. Errors name
    /// the address and the reason.
    std::expected<void, std::string> listen();
    /// Serves until `stop` is set and what was in flight has ended.
    io::Task<void> run(io::Event& stop);

    io::Task<void> serve(http::Exchange& exchange) override;
    bool serves_from_head(const http::Request& request) const override;
    void refuse(const http::Request& request, const http::ParseError& error,
                http::Response& response) override;

    /// On its own shard, while it runs: new connections get the new certificates, and the server's
    /// keys are sealed anew.
    void reload(const ReloadedFiles& reloaded);

private:
    std::expected<void, std::string> listen_on_path(const io::Address& path);
    std::expected<void, std::string> listen_on_port(const io::Address& address,
                                                    http::Transport transport);
    void reload(const ReloadedCertificates& reloaded);
    void log_configuration(const ReloadedFiles& reloaded);
    void use_certificates(const std::vector<crypto::TlsIdentity>& identities);
    void log_odd_certificates(const std::vector<crypto::TlsIdentity>& identities);
    /// Reads what is missing of the body; false where it cannot be read: then that is answered.
    io::Task<bool> read_body(http::Exchange& exchange, std::size_t bytes_max);
    io::Task<void> serve_endpoint(const Endpoint& endpoint, http::Exchange& exchange);
    io::Task<void> serve_decision(const Endpoint& endpoint, http::Exchange& exchange);
    /// A decision for somebody who has not proved before that it may ask.
    io::Task<void> serve_unproven(const Endpoint& endpoint, http::Exchange& exchange);
    io::Task<void> serve_proxy(const Endpoint& endpoint, http::Exchange& exchange);
    io::Task<void> hand_out(oauth::Keys keys);
    io::Task<void> hand_out_signing(std::shared_ptr<const oauth::SigningKeys> keys);
    io::Task<void> begin_everywhere();
    /// Until no shard asks another for anything any more.
    io::Task<void> wait_for_all_drained();
    io::Task<void> write_readiness(http::Response& response);
    /// Whether the store hears of revocations elsewhere; nothing where it need not.
    io::Task<std::optional<bool>> ask_feed();
    static http::HostRule metrics_hosts(const config::Config& config);
    io::Task<void> serve_metrics(http::Exchange& exchange);
    io::Task<void> write_metrics(http::Response& response);
    void log_start();
    io::Task<void> flush_log(io::CancelScope& scope);
    metrics::Counters snapshot() const;

    io::Shard& shard_;
    ProcessParts process_;
    Log log_;
    metrics::Counters metrics_;
    resource::Guard guard_;
    metrics::ShardStats stats_;
    EventLog events_;
    http::Client client_;
    ShardStorage storage_;
    std::unique_ptr<storage::SharedWindows> windows_;   // null: none are shared
    std::unique_ptr<oauth::AuthorizationServer> auth_;  // null: none here
    resource::Gateway gateway_;
    resource::DecisionService decision_service_;
    resource::DecisionApi decision_api_;
    resource::ExternalAuthorizer authorizer_;
    http::HostRule metrics_hosts_;
    ShardClock clock_;
    std::shared_ptr<crypto::TlsTicketKeys> ticket_keys_;  // this shard's; null: no TLS
    http::Server server_;
    std::unique_ptr<admin::AdminServer> admin_;  // on shard 0 of a process with [admin]
    io::Event* stop_ = nullptr;                  // set while run() runs
    unsigned drained_ = 0;                       // shards that serve nobody any more
    io::Event all_drained_;
};

}  // namespace sluice::server
