#include "server/application.h"

#include <algorithm>
#include <deque>
#include <latch>
#include <span>

#include "base/check.h"
#include "base/result.h"
#include "oauth/jwt_access_token.h"
#include "oauth/signing_keys.h"

namespace sluice::server {
namespace {

// Jobs are password checks, about 75 ms each: more of them waiting is a flood, not people.
constexpr std::size_t waiting_jobs_max = 64;
// A name server may take seconds; each upstream asks at most once at a time.
constexpr unsigned lookup_threads = 2;
constexpr std::size_t waiting_lookups_max = 1024;

// The bounds of the configuration are the process's; each shard gets its part of them.
std::optional<oauth::Settings> share_of_each_shard(std::optional<oauth::Settings> settings,
                                                   std::size_t shard_count) {
    if (!settings) return settings;
    settings->tokens_in_memory_max =
        std::max<std::size_t>(settings->tokens_in_memory_max / shard_count, 1);
    return settings;
}

std::optional<crypto::TlsTicketKeys> ticket_keys(const config::Config& config,
                                                 const Application::Parts& parts) {
    if (!config.server().tls) return std::nullopt;
    std::string seed(32, '\0');
    parts.random.fill(std::as_writable_bytes(std::span(seed)));
    return crypto::TlsTicketKeys(Secret(std::move(seed)), parts.shards.front()->now());
}

// Those of a process that keeps nothing; what is stored takes their place.
oauth::Keys make_keys(const config::Config& config, const Application::Parts& parts) {
    oauth::Keys keys = oauth::Keys::generate(parts.random);
    const auto& auth = config.auth();
    if (auth && oauth::issues_jwts(*auth) && !config.storage().durable()) {
        const std::int64_t now = numeric_date(parts.shards.front()->wall_now());
        keys.signing = std::make_shared<const oauth::SigningKeys>(
            oauth::SigningKeys::generate(auth->signing.algorithm, now));
    }
    return keys;
}

}  // namespace

Application::Application(Parts parts, config::Config config, OpenedStorage storage, int log_fd)
    : config_(std::move(config)),
      auth_settings_(share_of_each_shard(config_.auth(), parts.shards.size())),
      keys_(make_keys(config_, parts)),
      redis_(config_.storage().redis ? std::make_unique<storage::Redis>(*config_.storage().redis)
                                     : nullptr),
      router_(auth_settings_ ? &*auth_settings_ : nullptr, config_.gateway()),
      proxies_(config_.server().trusted_proxies, config_.server().trusts_unix_peers),
      log_writer_(log_fd),
      workers_(std::move(parts.wakers), waiting_jobs_max),
      lookups_(std::move(parts.lookup_wakers), waiting_lookups_max),
      storage_(std::move(storage)),
      fatal_error_(std::move(parts.stop)),
      ticket_keys_(ticket_keys(config_, parts)),
      shards_(std::move(parts.shards)) {
    CHECK(!shards_.empty() && shards_.front()->index() == 0);
    for (io::Shard* shard : shards_) {
        services_.push_back(std::make_unique<ShardService>(*shard, shared_parts()));
    }
}

Application::~Application() = default;

ProcessParts Application::shared_parts() {
    return {.config = config_,
            .auth = auth_settings_ ? &*auth_settings_ : nullptr,
            .keys = keys_,
            .redis = redis_.get(),
            .resources = config_.gateway(),
            .router = router_,
            .proxies = proxies_,
            .log_writer = log_writer_,
            .workers = workers_,
            .lookups = lookups_,
            .storage = storage_,
            .fatal_error = fatal_error_,
            .auth_peers = auth_peers_,
            .guards = guards_,
            .stats = stats_,
            .services = services_by_shard_,
            .servers = servers_,
            .shard_count = static_cast<unsigned>(shards_.size()),
            .ticket_keys = ticket_keys_ ? &*ticket_keys_ : nullptr};
}

std::expected<std::unique_ptr<Application>, std::string> Application::create(
    io::Runtime& runtime, config::Config config, int log_fd, std::function<void()> stop) {
    TRY(std::vector<io::Waker> wakers, io::make_wakers(std::max(1U, runtime.count() / 2)));
    TRY(std::vector<io::Waker> lookup_wakers, io::make_wakers(lookup_threads));
    std::vector<io::Shard*> shards;
    for (unsigned index = 0; index < runtime.count(); ++index) {
        shards.push_back(&runtime.shard(index));
    }
    SystemRandom random;
    return create(Parts{std::move(shards), std::move(wakers), std::move(lookup_wakers), random,
                        std::move(stop)},
                  std::move(config), log_fd);
}

std::expected<std::unique_ptr<Application>, std::string> Application::create(Parts parts,
                                                                             config::Config config,
                                                                             int log_fd) {
    const auto shard_count = static_cast<unsigned>(parts.shards.size());
    TRY(OpenedStorage storage, open_storage(config, shard_count, parts.random));
    std::unique_ptr<Application> application(
        new Application(std::move(parts), std::move(config), std::move(storage), log_fd));
    for (const auto& service : application->services_) REQUIRE(service->listen());
    return application;
}

void Application::reload(const ReloadedFiles& reloaded, io::Waker& waker) {
    struct Telling final : io::Message {
        Telling(ShardService& its_service, const ReloadedFiles& its_news,
                std::shared_ptr<std::latch> all)
            : service(its_service), reloaded(its_news), heard(std::move(all)) {}
        void deliver(io::Shard&) override {
            service.reload(reloaded);
            const auto all = heard;  // the message is gone when the last has counted down
            all->count_down();
        }
        ShardService& service;
        const ReloadedFiles& reloaded;
        std::shared_ptr<std::latch> heard;
    };
    CHECK(services_.size() == shards_.size());
    const auto heard = std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(shards_.size()));
    std::deque<Telling> tellings;
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        waker.send(*shards_[i], tellings.emplace_back(*services_[i], reloaded, heard));
    }
    heard->wait();
}

io::Task<void> Application::run(io::Shard& shard, io::Event& stop) {
    CHECK(shard.index() < shards_.size() && shards_[shard.index()] == &shard, "a shard of its own");
    return services_[shard.index()]->run(stop);
}

}  // namespace sluice::server
