#include "server/application.h"

#include <algorithm>

#include "base/result.h"
#include "server/wiring/oauth_settings.h"
#include "server/wiring/resource_settings.h"

namespace sluice::server {
namespace {

// Jobs are password checks, about 75 ms each: more of them waiting is a flood, not people.
constexpr std::size_t waiting_jobs_max = 64;

std::optional<oauth::Settings> auth_settings(const Config& config, Random& random) {
    if (!config.auth()) return std::nullopt;
    return oauth_settings(config, random);
}

}  // namespace

Application::Application(io::Runtime& runtime, Config config, int log_fd,
                         std::vector<io::Waker> wakers)
    : config_(std::move(config)),
      auth_settings_(auth_settings(config_, random_)),
      keys_(oauth::Keys::generate(random_)),
      resource_settings_(resource_settings(config_)),
      router_(auth_settings_ ? &*auth_settings_ : nullptr, resource_settings_),
      proxies_(config_.server().trusted_proxies),
      log_writer_(log_fd),
      workers_(std::move(wakers), waiting_jobs_max),
      shard_count_(runtime.count()) {
    for (unsigned shard = 0; shard < shard_count_; ++shard) {
        services_.push_back(std::make_unique<ShardService>(runtime.shard(shard), parts()));
    }
}

Application::~Application() = default;

ProcessParts Application::parts() {
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
            .shard_count = shard_count_};
}

std::expected<std::unique_ptr<Application>, std::string> Application::create(io::Runtime& runtime,
                                                                             Config config,
                                                                             int log_fd) {
    TRY(std::vector<io::Waker> wakers, io::make_wakers(std::max(1U, runtime.count() / 2)));
    std::unique_ptr<Application> application(
        new Application(runtime, std::move(config), log_fd, std::move(wakers)));
    for (const auto& service : application->services_) REQUIRE(service->listen());
    return application;
}

io::Task<void> Application::run(io::Shard& shard, io::Event& stop) {
    return services_[shard.index()]->run(stop);
}

}  // namespace sluice::server
