// Event streams through the gateway: unbuffered, kept alive, given up and drained.
#include <gtest/gtest.h>

#include "tests/unit/resource/gateway/gateway_support.h"

namespace sluice::resource {
namespace {

using std::chrono::seconds;

/// Asks for an event stream over a connection of bytes, which shows what comes when.
io::Task<std::unique_ptr<simulation::BytePeer>> open_stream(io::Shard& shard, std::string body,
                                                            std::string more_fields = "") {
    auto peer = co_await simulation::BytePeer::connect(shard, gateway_address);
    CHECK(peer != nullptr);
    const std::string head = body.empty()
                                 ? "GET /mcp HTTP/1.1\r\n"
                                 : fmt::format(
                                       "POST /mcp HTTP/1.1\r\nContent-Type: application/json\r\n"
                                       "Content-Length: {}\r\n",
                                       body.size());
    co_await peer->send(head +
                        "Host: box.example\r\nAuthorization: Bearer reader\r\n"
                        "Accept: text/event-stream, application/json\r\n" +
                        more_fields + "\r\n" + body);
    co_return peer;
}

/// Sends `pieces` as an event stream, `pause` apart; stays until the gateway leaves if `endless`.
std::function<io::Task<void>(http::Exchange&)> events(std::vector<std::string> pieces,
                                                      Duration pause, bool endless = false) {
    return [=](http::Exchange& exchange) -> io::Task<void> {
        exchange.response().add_field("Content-Type", "text/event-stream");
        if (!co_await exchange.begin_stream()) co_return;
        for (const std::string& piece : pieces) {
            if (!co_await exchange.write(piece)) co_return;
            if (!co_await io::Sleep(exchange.shard(), pause, &exchange.scope())) co_return;
        }
        if (endless) {
            co_await io::Sleep(exchange.shard(), std::chrono::hours{10}, &exchange.scope());
            co_return;
        }
        static_cast<void>(co_await exchange.finish());
    };
}

TEST(GatewayStream, PassesEachEventOnAsItComes) {
    World world;
    world.upstream.answer = events({"data: 1\n\n", "data: 2\n\n"}, seconds{5});
    world.play([&](io::Shard& shard) -> io::Task<void> {
        auto peer = co_await open_stream(shard, tool_call("read_note"));
        const std::string head = co_await peer->take_through("\r\n\r\n");
        EXPECT_TRUE(has(to_lower(head), "content-type: text/event-stream"));
        EXPECT_TRUE(has(to_lower(head), "x-accel-buffering: no"));
        EXPECT_TRUE(has(to_lower(head), "cache-control: no-cache"));
        EXPECT_TRUE(has(co_await peer->take_through("data: 1\n\n"), "data: 1\n\n"));
        EXPECT_LT(world.sim().elapsed(), seconds{2});
        EXPECT_TRUE(has(co_await peer->take_through("data: 2\n\n"), "data: 2\n\n"));
        EXPECT_GE(world.sim().elapsed(), seconds{5});
        EXPECT_TRUE(has(co_await peer->take_through("0\r\n\r\n"), "0\r\n\r\n"));
        co_await peer->close();
    });
}

TEST(GatewayStream, KeepsASilentStreamAliveBetweenEventsOnly) {
    World world;
    // Half an event, a long silence, the other half.
    const std::string halves = R"(data: {"jsonrpc":"2.0","id":1,"result":{"a":"two-halves"}})"
                               "\n\n";
    world.upstream.answer = events(
        {"data: 1\n\n" + halves.substr(0, halves.size() - 10), halves.substr(halves.size() - 10)},
        seconds{60});
    Answer answer;
    world.play([&](io::Shard& shard) -> io::Task<void> {
        answer = co_await world.ask(shard, {.body = tool_call("read_note")});
    });
    EXPECT_TRUE(answer.complete);
    std::string rest = answer.body;
    int heartbeats = 0;
    constexpr std::string_view heartbeat = ": keep-alive\n\n";
    for (auto at = rest.find(heartbeat); at != std::string::npos; at = rest.find(heartbeat)) {
        rest.erase(at, heartbeat.size());
        ++heartbeats;
    }
    EXPECT_EQ(rest, "data: 1\n\n" + halves);
    EXPECT_EQ(heartbeats, 4);  // every 25 s of 60 s, twice
}

TEST(GatewayStream, AStreamThatTalksNeedsNoHeartbeat) {
    World world;
    world.upstream.answer =
        events(std::vector<std::string>(6, ": server ping\n\ndata: x\n\n"), seconds{20});
    Answer answer;
    world.play([&](io::Shard& shard) -> io::Task<void> {
        answer = co_await world.ask(shard, {.body = tool_call("read_note")});
    });
    EXPECT_FALSE(has(answer.body, "keep-alive"));
    EXPECT_TRUE(has(answer.body, "data: x"));
}

TEST(GatewayStream, AClientThatLeavesEndsTheUpstreamRequestWithinASecond) {
    for (const bool posts : {true, false}) {
        World world;
        world.upstream.answer = events({"data: 1\n\n"}, seconds{1}, true);
        world.play([&](io::Shard& shard) -> io::Task<void> {
            auto peer = co_await open_stream(shard, posts ? tool_call("read_note") : "");
            EXPECT_TRUE(has(co_await peer->take_through("data: 1\n\n"), "data: 1\n\n"));
            EXPECT_EQ(world.upstream.left, 0);
            co_await peer->close();
            co_await io::Sleep(shard, seconds{1});
            EXPECT_EQ(world.upstream.left, 1);
        });
    }
}

TEST(GatewayStream, AClientThatLeavesBeforeTheAnswerEndsTheUpstreamRequestToo) {
    World world;
    world.upstream.answer = [](http::Exchange& exchange) -> io::Task<void> {
        co_await io::Sleep(exchange.shard(), seconds{50}, &exchange.scope());
    };
    world.play([&](io::Shard& shard) -> io::Task<void> {
        auto peer = co_await open_stream(shard, tool_call("read_note"));
        co_await io::Sleep(shard, seconds{2});
        EXPECT_EQ(world.upstream.seen.size(), 1U);
        peer->stream().end_sending();
        co_await io::Sleep(shard, seconds{2});
        EXPECT_EQ(world.upstream.left, 0) << "it may still wait for the answer";
        peer->stream().reset_on_close();
        co_await peer->close();
        co_await io::Sleep(shard, seconds{1});
        EXPECT_EQ(world.upstream.left, 1);
    });
    EXPECT_TRUE(world.report.refusals.empty());
}

TEST(GatewayStream, AGetStreamIsTakenUpAgainWhereItStopped) {
    World world;
    world.upstream.answer = events({"id: 8\ndata: {}\n\n"}, seconds{1});
    const Answer answer = world.answer_to({.fields = {{"Accept", "text/event-stream"},
                                                      {"Last-Event-ID", "7"},
                                                      {"Mcp-Session-Id", session_of("s1")}},
                                           .method = http::Method::get});
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(has(answer.body, "id: 8\n"));
    ASSERT_EQ(world.upstream.seen.size(), 1U);
    EXPECT_TRUE(has(world.upstream.seen.front().fields, "last-event-id: 7\n"));
    EXPECT_TRUE(has(world.upstream.seen.front().fields, "mcp-session-id: s1\n"));
    EXPECT_EQ(world.upstream.seen.front().body, "");
}

TEST(GatewayStream, AReplayedListIsFilteredAsTheListItselfWas) {
    World world;
    world.upstream.answer = events(
        {"data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[{\"name\":\"delete_note\"},"
         "{\"name\":\"read_note\"}]}}\n\ndata: not json\n\nid: 9\ndata:\n\n"},
        Duration::zero());
    const Answer answer =
        world.answer_to({.fields = {{"Last-Event-ID", "7"}}, .method = http::Method::get});
    EXPECT_FALSE(has(answer.body, "delete_note"));
    EXPECT_TRUE(has(answer.body, "read_note"));
    EXPECT_FALSE(has(answer.body, "not json"));
    EXPECT_TRUE(has(answer.body, "id: 9\n"));
    ASSERT_EQ(world.report.details.size(), 1U);
    EXPECT_TRUE(has(world.report.details.front(), "no valid JSON"));
}

TEST(GatewayStream, DrainingEndsAnEndlessStreamProperly) {
    World world;
    world.upstream.answer = events({"data: 1\n\n"}, seconds{1}, true);
    world.play([&](io::Shard& shard) -> io::Task<void> {
        auto peer = co_await open_stream(shard, "");
        co_await peer->take_through("data: 1\n\n");
        world.sim().request_stop();
        EXPECT_TRUE(has(co_await peer->take_to_end(), "0\r\n\r\n"));
        EXPECT_LT(world.sim().elapsed(), seconds{3});
        co_await peer->close();
    });
}

TEST(GatewayStream, EndsProperlyWhenItsTokenExpires) {
    World world;
    world.upstream.answer = events({"data: 1\n\n"}, seconds{1}, true);
    world.play([&](io::Shard& shard) -> io::Task<void> {
        world.expires_at = numeric_date(shard.wall_now()) + 90;
        auto peer = co_await open_stream(shard, "");
        co_await peer->take_through("data: 1\n\n");
        EXPECT_TRUE(has(co_await peer->take_through("0\r\n\r\n"), "0\r\n\r\n"));
        EXPECT_GT(world.sim().elapsed(), seconds{88});
        EXPECT_LT(world.sim().elapsed(), seconds{100});
        co_await peer->close();
    });
}

TEST(GatewayStream, EndsWithinAMinuteOfItsTokensRevocation) {
    World world;
    world.upstream.answer = events({"data: 1\n\n"}, seconds{1}, true);
    world.play([&](io::Shard& shard) -> io::Task<void> {
        auto peer = co_await open_stream(shard, "");
        co_await peer->take_through("data: 1\n\n");
        co_await io::Sleep(shard, seconds{200});
        EXPECT_EQ(world.upstream.left, 0);
        const Duration before = world.sim().elapsed();
        world.revoked = true;
        EXPECT_TRUE(has(co_await peer->take_through("0\r\n\r\n"), "0\r\n\r\n"));
        EXPECT_LT(world.sim().elapsed() - before, seconds{70});
        co_await peer->close();
    });
}

TEST(GatewayStream, ACallerHasSoManyStreamsAtATime) {
    World world;
    world.settings.streams_of_caller_max = 64;
    world.upstream.answer = events({"data: 1\n\n"}, seconds{1}, true);
    world.play([&](io::Shard& shard) -> io::Task<void> {
        std::vector<std::unique_ptr<simulation::BytePeer>> peers;
        for (int i = 0; i < 64; ++i) {
            peers.push_back(co_await open_stream(shard, ""));
            EXPECT_TRUE(has(co_await peers.back()->take_through("data: 1\n\n"), "200 OK"));
        }
        const Answer beyond = co_await world.ask(shard, {.method = http::Method::get});
        EXPECT_EQ(beyond.status, 429);
        EXPECT_EQ(beyond.field("retry-after"), "10");
        EXPECT_TRUE(has(beyond.body, R"("error":"too_many_streams")"));
        co_await peers.back()->close();
        co_await io::Sleep(shard, seconds{1});
        peers.back() = co_await open_stream(shard, "");
        EXPECT_TRUE(has(co_await peers.back()->take_through("data: 1\n\n"), "200 OK"));
        for (auto& peer : peers) co_await peer->close();
    });
}

TEST(GatewayStream, ACallersStreamsCountWhateverOpenedThem) {
    World world;
    world.settings.streams_of_caller_max = 2;
    world.upstream.answer = events({"data: 1\n\n"}, seconds{1}, true);
    world.play([&](io::Shard& shard) -> io::Task<void> {
        auto called = co_await open_stream(shard, tool_call("read_note"));
        EXPECT_TRUE(has(co_await called->take_through("data: 1\n\n"), "200 OK"));
        auto listening = co_await open_stream(shard, rpc("subscriptions/listen", "{}"));
        EXPECT_TRUE(has(co_await listening->take_through("data: 1\n\n"), "200 OK"));
        for (const std::string& body :
             {tool_call("read_note", "41"), rpc("subscriptions/listen", "{}", "41")}) {
            const Answer beyond = co_await world.ask(shard, {.body = body});
            EXPECT_EQ(beyond.status, 429);
            EXPECT_EQ(beyond.field("retry-after"), "10");
            EXPECT_TRUE(has(beyond.body, R"("id":41)")) << beyond.body;
        }
        EXPECT_EQ(world.upstream.seen.size(), 3U) << "who only listens is refused beforehand";
        co_await called->close();
        co_await listening->close();
    });
}

TEST(GatewayStream, IsAskedForLifeWhenItsClientHasEndedItsDirection) {
    World world;
    world.upstream.answer = events({"data: 1\n\n", "data: 2\n\n"}, seconds{20});
    world.play([&](io::Shard& shard) -> io::Task<void> {
        auto half = co_await open_stream(shard, tool_call("read_note"));
        co_await half->take_through("data: 1\n\n");
        half->stream().end_sending();
        EXPECT_TRUE(has(co_await half->take_through("keep-alive\n\n"), ": keep-alive"));
        EXPECT_LT(world.sim().elapsed(), seconds{5}) << "not at the next heartbeat alone";
        EXPECT_TRUE(has(co_await half->take_to_end(), "data: 2"));
        co_await half->close();

        auto gone = co_await open_stream(shard, tool_call("read_note"));
        co_await gone->take_through("data: 1\n\n");
        co_await gone->close();
        co_await io::Sleep(shard, seconds{1});
        EXPECT_EQ(world.upstream.left, 1);
    });
}

TEST(GatewayStream, ALargeAnswerIsStreamedWhole) {
    World world;
    std::string large = R"({"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":")";
    large.append(300'000, 'x');
    large += "\"}]}}";
    world.upstream.answer = FakeUpstream::fixed(200, "application/json", large);
    const Answer answer = world.answer_to({.body = tool_call("read_note")});
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.complete);
    EXPECT_TRUE(answer.body == large);
}

}  // namespace
}  // namespace sluice::resource
