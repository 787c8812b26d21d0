// What a shard tells of its health, and all shards of their work.
#include "base/check.h"
#include "base/json_writer.h"
#include "http/address_scope.h"
#include "http/error_response.h"
#include "http/uri.h"
#include "server/health_response.h"
#include "server/shard_service.h"

namespace sluice::server {

http::HostRule ShardService::metrics_hosts(const config::Config& config) {
    const auto url = http::HttpUrl::parse(config.server().public_url);
    return http::HostRule({url ? url->host() : std::string()}, http::HostRule::Addresses::all);
}

// For all shards: nobody knows which one the next connection comes to.
io::Task<void> ShardService::write_readiness(http::Response& response) {
    if (stop_ == nullptr || stop_->is_set()) {
        co_return write_status(response, http::Status::service_unavailable, "stopping");
    }
    for (unsigned shard = 0; shard < process_.shard_count; ++shard) {
        const bool ready = co_await process_.services.call(
            shard_, shard, [](const ShardService& service) { return service.storage_.is_ready(); });
        if (!ready) {
            co_return write_status(response, http::Status::service_unavailable, "storage_away");
        }
    }
    const auto follows = co_await ask_feed();
    const bool no_redis = process_.redis != nullptr && process_.redis->away();
    const bool no_feed = follows && !*follows;
    write_status(response, http::Status::ok, "ready");
    if (!no_redis && !no_feed) co_return;
    response.body().clear();
    JsonWriter json(response.body());
    json.begin_object().member("status", "ready").key("degraded").begin_array();
    if (no_redis) json.value("redis");
    if (no_feed) json.value("revocation_feed");
    json.end_array().end_object();
}

io::Task<std::optional<bool>> ShardService::ask_feed() {
    co_return co_await process_.services.call(
        shard_, 0, [](ShardService& service) { return service.storage_.feed_follows(); });
}

io::Task<void> ShardService::hand_out(oauth::Keys keys) {
    for (unsigned shard = 0; shard < process_.shard_count; ++shard) {
        co_await process_.services.call(shard_, shard, [&keys](ShardService& service) {
            CHECK(service.shard_.index() < service.process_.shard_count);
            if (service.auth_) service.auth_->use_keys(keys);
            service.gateway_.use_secret(keys.form);
        });
    }
}

io::Task<void> ShardService::hand_out_signing(std::shared_ptr<const oauth::SigningKeys> keys) {
    for (unsigned shard = 0; shard < process_.shard_count; ++shard) {
        co_await process_.services.call(shard_, shard, [&keys](ShardService& service) {
            CHECK(service.auth_ != nullptr, "nobody else signs");
            service.auth_->use_signing_keys(keys);
        });
    }
}

metrics::Counters ShardService::snapshot() const {
    metrics::Counters metrics = metrics_;
    metrics.connections_open = server_.connections();
    metrics.connections_refused = server_.connections_refused();
    const http::TlsCounts& tls = server_.tls_counts();
    metrics.tls_full = tls.full;
    metrics.tls_resumed = tls.resumed;
    metrics.tls_failed = tls.failed;
    if (auth_) metrics.tokens_live = auth_->counts().tokens_live;
    if (windows_) {
        metrics.limits_by_redis = windows_->counts().answered;
        metrics.limits_alone = windows_->counts().decided_alone;
    }
    return metrics;
}

io::Task<void> ShardService::begin_everywhere() {
    for (unsigned shard = 0; shard < process_.shard_count; ++shard) {
        co_await process_.services.call(shard_, shard,
                                        [](ShardService& service) { service.storage_.begin(); });
    }
}

// Whoever asks from this machine may be a browser, with a page that rebinds its name. Such a page's
// name has a dot; a collector's is an address, a neighbour's name, or the server's own.
io::Task<void> ShardService::serve_metrics(http::Exchange& exchange) {
    const http::Request& request = exchange.request();
    const bool local = http::address_scope(request.peer()) == http::AddressScope::loopback;
    if (local && request.host().contains('.') && !metrics_hosts_.allows(request.host())) {
        http::write_error(exchange.response(), http::Status::misdirected_request, "unknown_host",
                          "Metrics have no such host on this machine: ask localhost.");
        co_return;
    }
    co_await write_metrics(exchange.response());
}

io::Task<void> ShardService::write_metrics(http::Response& response) {
    metrics::Counters total;
    for (unsigned owner = 0; owner < process_.shard_count; ++owner) {
        total += co_await process_.services.call(
            shard_, owner, [](ShardService& service) { return service.snapshot(); });
    }
    StoreCounts stored;
    for (unsigned owner = 0; owner < process_.shard_count && storage_.counts(); ++owner) {
        stored += co_await process_.services.call(
            shard_, owner, [](ShardService& service) { return *service.storage_.counts(); });
    }
    response.add_field("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    metrics::append_prometheus(response.body(), total, process_.log_writer.dropped_bytes());
    if (storage_.counts()) append_prometheus(response.body(), stored);
    if (const auto follows = co_await ask_feed()) append_feed(response.body(), *follows);
    if (process_.redis != nullptr)
        metrics::append_redis(response.body(), total, process_.redis->away());
    metrics::append_prometheus(
        response.body(), process_.resources,
        co_await metrics::count_resources(process_.resources, process_.stats, shard_));
}

}  // namespace sluice::server
