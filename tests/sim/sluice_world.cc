#include "tests/sim/sluice_world.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/check.h"
#include "base/json.h"
#include "server/config/config.h"
#include "server/wiring/oauth_settings.h"
#include "server/wiring/resource_settings.h"

namespace sluice::simulation {
namespace {

constexpr std::string_view configuration = R"(
[server]
listen = ["127.0.0.1:8080"]
public_url = "http://127.0.0.1:8080"
drain_timeout = "5s"

[log]
level = "debug"

[auth]
issuer = "http://127.0.0.1:8080"
default_scope = "mcp:read"
access_token_ttl = "1h"
refresh_replay_window = "120s"
registration = "open"
rate_limit = { requests = 100000, window = "1m" }

[auth.scopes]
"mcp:read" = "Read notes"
"mcp:write" = "Write notes"

[[auth.user]]
username = "alice"
password = "correct horse"

[[auth.client]]
client_id = "pub"
auth_method = "none"
client_name = "Public test client"
redirect_uris = ["http://127.0.0.1:7777/cb"]
grant_types = ["authorization_code", "refresh_token"]
scope = "mcp:read mcp:write"

[[auth.client]]
client_id = "rs"
client_secret = "rs-secret-0123456789abcdef0123456789abcdef01"
auth_method = "client_secret_post"
grant_types = []
introspect = true

[[resource]]
path = "/mcp"
name = "Notes"
upstream = "http://127.0.0.1:9000/mcp"
verify = "local"
required_scopes = ["mcp:read"]
)";

class NoSurroundings final : public server::Surroundings {
public:
    std::optional<std::string> variable(const std::string&) const override { return {}; }
    std::optional<std::string> file(const std::string&) const override { return {}; }
};

server::Config make_config() {
    auto config = server::parse_config(configuration, NoSurroundings{});
    if (!config) {
        for (const auto& problem : config.error()) {
            check_failed(__FILE__, __LINE__, "the configuration is valid",
                         server::format_problem("simulation", problem));
        }
    }
    return *std::move(config);
}

// Made once for all runs: hashing the password takes long.
const oauth::Settings& auth_settings(const server::Config& config) {
    static const oauth::Settings settings = [&config] {
        SeededRandom random(1);
        return server::oauth_settings(config, random);
    }();
    return settings;
}

}  // namespace

io::Task<void> EchoUpstream::serve(http::Exchange& exchange) {
    ++served;
    const std::string body(exchange.request().body());
    const std::uint64_t chance = exchange.shard().random().next_u64();
    if (body.contains("\"slow\"")) {
        co_await io::Sleep(exchange.shard(), std::chrono::seconds{2}, &exchange.scope());
    } else if (chance % 3 == 0) {
        co_await io::Sleep(exchange.shard(),
                           Duration{static_cast<std::int64_t>(chance % 50'000'000)},
                           &exchange.scope());
    }
    const std::size_t id = body.find("\"id\":");
    const std::size_t end = body.find_first_of(",}", id);
    exchange.response().add_field("Content-Type", "application/json");
    exchange.response().body() = "{\"jsonrpc\":\"2.0\"," + body.substr(id, end - id) +
                                 ",\"result\":{\"echo\":" + body + "}}";
}

SluiceWorld::SluiceWorld()
    : config_(make_config()),
      auth_settings_(auth_settings(config_)),
      keys_(oauth::Keys::generate(random_)),
      resource_settings_(server::resource_settings(config_)),
      router_(&auth_settings_, resource_settings_),
      log_fd_(open("/dev/null", O_WRONLY | O_CLOEXEC)),
      log_writer_(log_fd_) {}

SluiceWorld::~SluiceWorld() {
    ::close(log_fd_);
}

void SluiceWorld::start(Simulation& sim, unsigned upstream_shard) {
    upstream_stop_ = std::make_unique<io::Event>(sim.client_shard(upstream_shard));
    const unsigned shards = sim.shard(0).count();
    for (unsigned i = 0; i < shards; ++i) {
        const server::ProcessParts parts{.config = config_,
                                         .auth = &auth_settings_,
                                         .keys = keys_,
                                         .resources = resource_settings_,
                                         .router = router_,
                                         .log_writer = log_writer_,
                                         .workers = workers_,
                                         .auth_peers = auth_peers_,
                                         .guards = guards_,
                                         .services = services_by_shard_,
                                         .shard_count = shards};
        services_.push_back(std::make_unique<server::ShardService>(sim.shard(i), parts));
        CHECK(services_.back()->listen().has_value());
    }
    sim.start(
        [this](io::Shard& shard, io::Event& stop) { return services_[shard.index()]->run(stop); });
    sim.start_client([this](io::Shard& shard) { return serve_upstream(shard); }, upstream_shard);
}

io::Task<void> SluiceWorld::serve_upstream(io::Shard& shard) {
    http::Server server(shard, {}, upstream);
    CHECK(server.listen(upstream_address).has_value());
    co_await server.run(*upstream_stop_, std::chrono::seconds{5});
}

}  // namespace sluice::simulation
