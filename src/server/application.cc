#include "server/application.h"

#include <algorithm>

#include "base/result.h"
#include "server/wiring/oauth_settings.h"
#include "server/wiring/resource_settings.h"

namespace sluice::server {
namespace {

// Jobs are password checks, about 75 ms each: more of them waiting is a flood, not people.
constexpr std::size_t waiting_jobs_max = 64;

std::optional<oauth::Settings> auth_settings(const Config& config, Random& random,
                                             std::size_t shard_count) {
    if (!config.auth()) return std::nullopt;
    oauth::Settings settings = oauth_settings(config, random);
    // Every shard keeps a copy of every client: the bound is the process's.
    settings.unused_clients_max =
        std::max<std::size_t>(settings.unused_clients_max / shard_count, 1000);
    return settings;
}

}  // namespace

Application::Application(Parts parts, Config config, int log_fd)
    : config_(std::move(config)),
      auth_settings_(auth_settings(config_, parts.random, parts.shards.size())),
      keys_(oauth::Keys::generate(parts.random)),
      resource_settings_(resource_settings(config_)),
      router_(auth_settings_ ? &*auth_settings_ : nullptr, resource_settings_),
      proxies_(config_.server().trusted_proxies, config_.server().trusts_unix_peers),
      log_writer_(log_fd),
      workers_(std::move(parts.wakers), waiting_jobs_max),
      shard_count_(static_cast<unsigned>(parts.shards.size())) {
    for (io::Shard* shard : parts.shards) {
        services_.push_back(std::make_unique<ShardService>(*shard, shared_parts()));
    }
}

Application::~Application() = default;

ProcessParts Application::shared_parts() {
    return {.config = config_,
            .auth = auth_settings_ ? &*auth_settings_ : nullptr,
            .keys = keys_,
            .resources = resource_settings_,
            .router = router_,
            .proxies = proxies_,
            .log_writer = log_writer_,
            .workers = workers_,
            .auth_peers = auth_peers_,
            .guards = guards_,
            .services = services_by_shard_,
            .servers = servers_,
            .shard_count = shard_count_};
}

std::expected<std::unique_ptr<Application>, std::string> Application::create(io::Runtime& runtime,
                                                                             Config config,
                                                                             int log_fd) {
    TRY(std::vector<io::Waker> wakers, io::make_wakers(std::max(1U, runtime.count() / 2)));
    std::vector<io::Shard*> shards;
    for (unsigned index = 0; index < runtime.count(); ++index) {
        shards.push_back(&runtime.shard(index));
    }
    SystemRandom random;
    return create(Parts{std::move(shards), std::move(wakers), random}, std::move(config), log_fd);
}

std::expected<std::unique_ptr<Application>, std::string> Application::create(Parts parts,
                                                                             Config config,
                                                                             int log_fd) {
    std::unique_ptr<Application> application(
        new Application(std::move(parts), std::move(config), log_fd));
    for (const auto& service : application->services_) REQUIRE(service->listen());
    return application;
}

io::Task<void> Application::run(io::Shard& shard, io::Event& stop) {
    return services_[shard.index()]->run(stop);
}

}  // namespace sluice::server
