#include "tests/unit/resource/gateway/gateway_support.h"

namespace sluice::resource {
namespace {

using LookupAnswer = std::expected<void, TokenError>;

io::Task<LookupAnswer> look_up(const World& world, std::string_view token, token::TokenInfo& info) {
    if (world.revoked) co_return std::unexpected(TokenError{TokenFault::inactive});
    if (token == "reader") {
        info = token_of_alice("mcp:read");
        if (world.expires_at) info.expires_at = world.expires_at;
        co_return LookupAnswer();
    }
    if (token == "second") {
        info = token_of_alice("mcp:read mcp:write");
        info.client_id = "second";
        co_return LookupAnswer();
    }
    if (token == "writer" || token == "useless") {
        info = token_of_alice(token == "writer" ? "mcp:read mcp:write" : "openid");
        co_return LookupAnswer();
    }
    if (token == "broken") {
        co_return std::unexpected(TokenError{TokenFault::unavailable, Seconds{3}});
    }
    if (token == "other") {
        info = token_of_alice("mcp:read");
        info.audience = {"https://box.example/other"};
        co_return LookupAnswer();
    }
    co_return std::unexpected(TokenError{TokenFault::inactive});
}

Secret server_secret() {
    return Secret(std::string(32, 's'));
}

struct GatewayService final : http::Service {
    explicit GatewayService(Gateway& its_gateway) : gateway(its_gateway) {}
    io::Task<void> serve(http::Exchange& exchange) override { return gateway.handle(exchange); }
    bool serves_from_head(const http::Request& request) const override {
        return gateway.serves(request.path());
    }
    void refuse(const http::Request& request, const http::ParseError& error,
                http::Response& response) override {
        gateway.refuse(request, error, response);
    }
    Gateway& gateway;
};

}  // namespace

std::string session_of(std::string_view id, std::string_view client) {
    SeededRandom random(11);
    return SessionSeal(server_secret())
        .seal(id, "/mcp", CallerKey::of("https://box.example", client, "alice"), random)
        .value();
}

std::string upstream_session_of(std::string_view sealed) {
    std::string id;
    const CallerKey alice = CallerKey::of("https://box.example", "pub", "alice");
    return SessionSeal(server_secret()).open(sealed, "/mcp", alice, id) ? id : "";
}

World::World(unsigned shards, std::uint64_t seed, simulation::FaultRates faults)
    : sim_(seed, shards, {.faults = faults}) {
    settings.resources.push_back(notes());
    settings.own_origin = "https://box.example";
}

void World::play(simulation::Simulation::Client scenario) {
    SeededRandom random(7);
    for (unsigned i = 0; i < sim_.shard(0).count(); ++i) {
        owned_.push_back(std::make_unique<Guard>(settings, random));
        guards_.set(i, *owned_.back());
    }
    sim_.start([this](io::Shard& shard, io::Event& stop) { return run_shard(shard, stop); });
    sim_.start_client(std::move(scenario));
    EXPECT_TRUE(sim_.run());
}

io::Task<void> World::run_shard(io::Shard& shard, io::Event& stop) {
    io::WorkerPool workers({}, 1);
    http::Client client(shard, workers);
    const LocalVerifier::Lookup lookup = [this](std::string_view token, token::TokenInfo& info) {
        return look_up(*this, token, info);
    };
    Gateway gateway({shard, client, guards_, report, lookup}, settings);
    if (has_secret) gateway.use_secret(server_secret());
    GatewayService service(gateway);
    http::Server server(shard, {}, service);
    EXPECT_TRUE(server.listen(gateway_address));

    http::Server behind(shard, {}, upstream);
    io::Event behind_stop(shard);
    io::CancelScope raw_scope;
    io::TaskGroup others;
    if (shard.index() == 0) {
        EXPECT_TRUE(behind.listen(upstream_address));
        others.spawn(behind.run(behind_stop, std::chrono::seconds{1}));
        if (raw) others.spawn(run_raw(shard, raw_scope));
    }
    co_await server.run(stop, drain_timeout);
    co_await gateway.close();
    co_await client.close();
    behind_stop.set();
    raw_scope.cancel();
    co_await others.join();
}

io::Task<void> World::run_raw(io::Shard& shard, io::CancelScope& scope) {
    auto listener = io::Listener::open(shard, raw_address);
    CHECK(listener.has_value());
    io::TaskGroup connections;
    for (;;) {
        const auto fd = co_await (*listener)->accept(&scope);
        if (!fd) break;
        connections.spawn(raw(shard, *fd));
    }
    co_await connections.join();
    co_await (*listener)->close();
}

io::Task<Answer> World::ask(io::Shard& shard, Ask question) {
    io::WorkerPool workers({}, 1);
    http::Client client(shard, workers);
    http::OutgoingRequest request;
    request.set(question.method, question.path);
    if (!question.token.empty()) request.add_field("Authorization", "Bearer " + question.token);
    if (question.method == http::Method::post) {
        request.add_field("Content-Type", "application/json");
        request.body() = question.body;
    }
    for (const auto& [name, value] : question.fields) request.add_field(name, value);

    Answer answer;
    {
        auto received = co_await client.send(
            client.origin(*http::HttpUrl::parse("http://127.0.0.1:8080")), request,
            {.head_timeout = std::chrono::minutes{10}, .chunk_timeout = std::chrono::minutes{10}});
        EXPECT_TRUE(received.has_value() || connections_break);
        if (received) {
            answer.status = http::code(received->status());
            for (const http::Field& field : received->head().fields()) {
                answer.fields[to_lower(field.name)] = field.value;
            }
            answer.complete =
                (co_await received->read_body(answer.body, std::size_t{64} << 20)).has_value();
        }
    }
    co_await client.close();
    co_return answer;
}

Answer World::answer_to(Ask question) {
    Answer answer;
    play([&](io::Shard& shard) -> io::Task<void> { answer = co_await ask(shard, question); });
    return answer;
}

}  // namespace sluice::resource
