#include "tests/sim/decision_world.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::decision_test {
namespace {

using resource::DecisionApi;
using resource::ExternalAuthorizer;

using Lookup = resource::LocalVerifier::Lookup;

io::Task<std::expected<void, resource::TokenError>> find(oauth::AuthorizationServer& server,
                                                         std::string_view text,
                                                         token::TokenInfo& info) {
    if (co_await server.find_active(text, info) != oauth::Activity::active) {
        co_return std::unexpected(resource::TokenError{resource::TokenFault::inactive});
    }
    co_return std::expected<void, resource::TokenError>();
}

io::Task<void> through(Counter& counter, http::Exchange& exchange, DecisionApi::Handler handler) {
    const auto proof = exchange.request().field("Authorization").value_or("");
    auto rights =
        co_await counter.auth.admit_resource_server(exchange.request(), proof, exchange.response());
    if (!rights.none()) co_await (counter.api.*handler)(exchange, std::move(rights));
}

}  // namespace

Counter::Counter(io::Shard& at, oauth::AuthorizationServer& server,
                 const resource::Settings& settings, io::Sharded<resource::Guard>& guards,
                 Report& report, io::WorkerPool& workers)
    : shard(at),
      auth(server),
      guard(settings, random),
      client(at, workers),
      gateway({at, client, guards, report,
               [&server](std::string_view text, token::TokenInfo& info) {
                   return find(server, text, info);
               }},
              settings),
      service({at, guards, report}, gateway),
      api(service),
      authorizer(service) {
    guards.set(at.index(), guard);
}

DecisionWorld::DecisionWorld(const friction::RawFrictionConfig& friction, unsigned shards)
    : auth_settings_(oauth_test::test_settings_without_users()) {
    auth_settings_.rate_limit.requests = 1'000'000;
    resources.resources.push_back({.path = "/mcp",
                                   .identifier = oauth_test::resource(oauth_test::mcp),
                                   .name = "Notes",
                                   .issuer = std::string(oauth_test::issuer),
                                   .upstream = "http://127.0.0.1:9000/mcp",
                                   .introspection = {},
                                   .required_scopes = oauth_test::scopes("mcp:read"),
                                   .scopes_supported = oauth_test::scopes("mcp:read"),
                                   .rules = {{"delete_.*", oauth_test::scopes("mcp:write")}},
                                   .friction = std::make_shared<const friction::FrictionConfig>(
                                       friction::validate(friction).value())});
    std::vector<io::Shard*> all;
    for (unsigned i = 0; i < shards; ++i) {
        shards_.push_back(std::make_unique<io::Shard>(
            i, io::Shard::Parts{.ring = std::make_unique<oauth_test::QuietRing>(),
                                .random = std::make_unique<SeededRandom>(100 + i),
                                .clock = &clock}));
        all.push_back(shards_.back().get());
    }
    for (const auto& shard : shards_) {
        shard->set_peers(all);
        stores_.push_back(engine_.open(*shard));
        servers_.push_back(std::make_unique<oauth::AuthorizationServer>(
            oauth::AuthorizationServer::Parts{*shard, auth_settings_, keys_, *stores_.back(),
                                              workers_, auth_observer_},
            peers_));
        counters_.push_back(std::make_unique<Counter>(*shard, *servers_.back(), resources, guards_,
                                                      report, workers_));
    }
}

DecisionWorld::~DecisionWorld() = default;

void DecisionWorld::turn() {
    for (const auto& shard : shards_) shard->turn(Duration::zero());
}

void DecisionWorld::serve(Door door, http::Exchange& exchange, unsigned shard, bool waits) {
    calls_.spawn(door(counter(shard), exchange));
    for (int idle = 0; calls_.size() > 0; ++idle) {
        turn();
        if (waits && idle % 8 == 7) clock.advance(std::chrono::milliseconds{1});
        CHECK(idle < 1'000'000, "a question is never answered");
    }
}

Answer DecisionWorld::call(Door door, const Sent& sent, unsigned shard) {
    http::RequestBuilder request(sent.method, sent.target);
    for (const auto& [name, value] : sent.fields) request.field(name, value);
    request.body(sent.body).peer(sent.peer);
    PlainExchange exchange(request.request(), *shards_[shard]);
    serve(door, exchange, shard);
    return Answer(exchange.response());
}

std::string DecisionWorld::token(std::string_view scope) {
    Sent sent = oauth_test::form_post(
        "/token",
        fmt::format("grant_type=client_credentials&resource={}&scope={}", oauth_test::mcp, scope));
    sent.field("Authorization", oauth_test::basic("conf", oauth_test::conf_secret));
    const auto door = [](Counter& counter, http::Exchange& exchange) -> io::Task<void> {
        const oauth::Endpoint& token = *std::ranges::find(
            oauth::endpoints(), std::string_view("token"), &oauth::Endpoint::name);
        return counter.auth.serve(token, exchange.request(), exchange.response());
    };
    return call(door, sent).json("access_token");
}

Answer DecisionWorld::decide(std::string_view json, unsigned shard) {
    return call(&decision_door,
                oauth_test::json_post("/v1/decision", json).field("Authorization", proof()), shard);
}

Answer DecisionWorld::record(std::string_view json, unsigned shard) {
    Sent sent = oauth_test::json_post("/v1/friction/record", json);
    return call(&record_door, sent.field("Authorization", proof()), shard);
}

Answer DecisionWorld::show(std::string_view client_id, std::string_view query) {
    Sent sent{http::Method::get, fmt::format("/v1/friction/clients/{}{}", client_id, query)};
    return call(&show_door, sent.field("Authorization", proof()));
}

Answer DecisionWorld::forgive(std::string_view client_id, std::string_view query) {
    Sent sent{http::Method::delete_, fmt::format("/v1/friction/clients/{}{}", client_id, query)};
    return call(&forgive_door, sent.field("Authorization", proof()));
}

void DecisionWorld::advance(Duration by) {
    clock.advance(by);
    turn();
}

io::Task<void> decision_door(Counter& counter, http::Exchange& exchange) {
    return through(counter, exchange, &DecisionApi::decide);
}
io::Task<void> record_door(Counter& counter, http::Exchange& exchange) {
    return through(counter, exchange, &DecisionApi::record);
}
io::Task<void> show_door(Counter& counter, http::Exchange& exchange) {
    return through(counter, exchange, &DecisionApi::show_client);
}
io::Task<void> forgive_door(Counter& counter, http::Exchange& exchange) {
    return through(counter, exchange, &DecisionApi::forgive_client);
}
io::Task<void> nginx_door(Counter& counter, http::Exchange& exchange) {
    return counter.authorizer.answer_nginx(exchange, token::ResourceRights::all());
}
io::Task<void> envoy_door(Counter& counter, http::Exchange& exchange) {
    return counter.authorizer.answer_envoy(exchange, token::ResourceRights::all());
}

std::string proof() {
    return oauth_test::basic("rs", oauth_test::rs_secret);
}

}  // namespace sluice::decision_test
