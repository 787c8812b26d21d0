#include "tests/sim/sluice_world.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/check.h"
#include "base/random.h"
#include "config/config.h"
#include "crypto/password_hash.h"

namespace sluice::simulation {
namespace {

constexpr std::string_view configuration = R"(
[server]
listen = ["127.0.0.1:8080"]
public_url = "http://127.0.0.1:8080"
drain_timeout = "5s"

[log]
level = "debug"

[storage]
engine = "memory"

[auth]
issuer = "http://127.0.0.1:8080"
default_scope = "mcp:read"
access_token_ttl = "1h"
refresh_replay_window = "120s"
registration = "open"
rate_limit = {{ requests = 100000, window = "1m" }}

[auth.scopes]
"mcp:read" = "Read notes"
"mcp:write" = "Write notes"

[[auth.user]]
username = "alice"
password_hash = "{}"

[[auth.client]]
client_id = "pub"
auth_method = "none"
client_name = "Public test client"
redirect_uris = ["http://127.0.0.1:7777/cb"]
grant_types = ["authorization_code", "refresh_token"]
scope = "mcp:read mcp:write"

[[auth.client]]
client_id = "tv"
grant_types = ["device_code", "refresh_token"]
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

class EmptyEnvironment final : public config::Environment {
public:
    std::optional<std::string> variable(const std::string&) const override { return {}; }
    std::optional<std::string> file(const std::string&) const override { return {}; }
    std::string locate(const std::string& path) const override { return path; }
};

/// Its hash, made once for all runs: making one takes long.
const std::string& password_hash() {
    static const std::string text = [] {
        SeededRandom random(1);
        return crypto::PasswordHash::make("correct horse", random).text();
    }();
    return text;
}

config::Config make_config() {
    auto config =
        config::parse_config(fmt::format(configuration, password_hash()), EmptyEnvironment{});
    if (!config) {
        for (const auto& problem : config.error()) {
            check_failed(__FILE__, __LINE__, "the configuration is valid",
                         config::format_problem("simulation", problem));
        }
    }
    return *std::move(config);
}

}  // namespace

io::Task<void> EchoUpstream::serve(http::Exchange& exchange) {
    ++served;
    if (exchange.request().method() == http::Method::get) co_return co_await stream(exchange);
    const std::string body(exchange.request().body());
    const std::uint64_t chance = exchange.shard().random().next_u64();
    if (body.contains("\"slow\"")) {
        co_await io::Sleep(exchange.shard(), std::chrono::seconds{2}, &exchange.scope());
    } else if (body.contains("\"stuck\"")) {
        co_await io::Sleep(exchange.shard(), std::chrono::hours{24}, &exchange.scope());
    } else if (chance % 3 == 0) {
        co_await io::Sleep(exchange.shard(),
                           Duration{static_cast<std::int64_t>(chance % 50'000'000)},
                           &exchange.scope());
    }
    if (exchange.cancelled()) ++given_up;
    const std::size_t id = body.find("\"id\":");
    const std::size_t end = body.find_first_of(",}", id);
    exchange.response().add_field("Content-Type", "application/json");
    exchange.response().body() = "{\"jsonrpc\":\"2.0\"," + body.substr(id, end - id) +
                                 ",\"result\":{\"echo\":" + body + "}}";
}

io::Task<void> EchoUpstream::stream(http::Exchange& exchange) {
    ++streams;
    exchange.response().add_field("Content-Type", "text/event-stream");
    bool open = (co_await exchange.begin_stream()).has_value();
    for (unsigned number = 1; open && !exchange.drain().cancelled(); ++number) {
        const std::string event = "data: {\"number\":" + std::to_string(number) + "}\n\n";
        open =
            (co_await exchange.write(event)).has_value() &&
            co_await io::Sleep(exchange.shard(), std::chrono::milliseconds{200}, &exchange.scope());
    }
    if (open) static_cast<void>(co_await exchange.finish());
    --streams;
}

SluiceWorld::SluiceWorld() : log_fd_(open("/dev/null", O_WRONLY | O_CLOEXEC)) {}

SluiceWorld::~SluiceWorld() {
    ::close(log_fd_);
}

void SluiceWorld::start(Simulation& sim, unsigned upstream_shard) {
    upstream_stop_ = std::make_unique<io::Event>(sim.client_shard(upstream_shard));
    SeededRandom random(sim.dice().next());
    server::Application::Parts parts{.shards = {}, .wakers = {}, .random = random};
    for (unsigned i = 0; i < sim.shard(0).count(); ++i) parts.shards.push_back(&sim.shard(i));
    auto application = server::Application::create(std::move(parts), make_config(), log_fd_);
    CHECK(application.has_value());
    application_ = *std::move(application);
    sim.start([this](io::Shard& shard, io::Event& stop) { return application_->run(shard, stop); });
    sim.start_client([this](io::Shard& shard) { return serve_upstream(shard); }, upstream_shard);
}

io::Task<void> SluiceWorld::serve_upstream(io::Shard& shard) {
    http::Server server(shard, {}, upstream);
    CHECK(server.listen(upstream_address).has_value());
    co_await server.run(*upstream_stop_, std::chrono::seconds{5});
}

}  // namespace sluice::simulation
