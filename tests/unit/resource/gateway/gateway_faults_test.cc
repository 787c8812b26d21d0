// The gateway while connections break and rings do what kernels may: nobody gets another's answer,
// nothing passes that was refused, nothing is left behind.
#include <gtest/gtest.h>

#include "base/json.h"
#include "resource/mcp/json_rpc.h"
#include "tests/unit/resource/gateway/gateway_support.h"

namespace sluice::resource {
namespace {

using std::chrono::milliseconds;

/// Answers a call with its own id and tool; as an event after a pause where the tool's name is odd.
io::Task<void> answer_own_call(http::Exchange& exchange) {
    const std::string body(exchange.request().body());
    const auto posted = PostedBody::parse(body);
    if (!posted) co_return;
    const Message& call = posted->messages().front();
    const std::string result =
        fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{{"name":"{}"}}}})", call.id, call.name);
    if (call.id.size() % 2 == 0) {
        exchange.response().add_field("Content-Type", "application/json");
        exchange.response().body() = result;
        co_return;
    }
    exchange.response().add_field("Content-Type", "text/event-stream");
    if (!co_await exchange.begin_stream()) co_return;
    if (!co_await exchange.write("event: message\nda")) co_return;
    co_await io::Sleep(exchange.shard(), milliseconds{call.id.size() * 10}, &exchange.scope());
    if (!co_await exchange.write(fmt::format("ta: {}\n\n", result))) co_return;
    static_cast<void>(co_await exchange.finish());
}

struct Tally {
    int answered = 0;
    int lost = 0;
};

io::Task<void> ask_once(World& world, io::Shard& shard, std::string id, bool allowed,
                        Tally& tally) {
    const std::string tool = allowed ? "read_note" : "delete_note";
    const Answer answer = co_await world.ask(shard, {.body = tool_call(tool, id)});
    if (answer.status == 0 || !answer.complete || answer.status == 502 || answer.status == 504) {
        ++tally.lost;
        co_return;
    }
    EXPECT_EQ(answer.status, allowed ? 200 : 403);
    EXPECT_TRUE(has(answer.body, fmt::format("\"id\":{},", id)));
    ++tally.answered;
}

TEST(GatewayFaults, EveryAnswerIsTheRequestsOwnAndWhatIsRefusedNeverPasses) {
    Tally tally;
    for (const std::uint64_t seed : simulation::seeds(60)) {
        World world(2, seed, simulation::FaultRates::some());
        world.connections_break = true;
        world.upstream.answer = answer_own_call;
        world.play([&](io::Shard& shard) -> io::Task<void> {
            io::TaskGroup group;
            for (int i = 0; i < 20; ++i) {
                group.spawn(
                    ask_once(world, shard, fmt::format("{}", 7 + i * i * i), i % 4 != 0, tally));
                co_await io::Sleep(shard, milliseconds{world.sim().dice().below(8)});
            }
            co_await group.join();
        });
        for (const FakeUpstream::Seen& seen : world.upstream.seen) {
            EXPECT_FALSE(has(seen.body, "delete_note"));
        }
        ASSERT_FALSE(HasFailure()) << "seed " << seed;
    }
    EXPECT_GT(tally.answered, tally.lost);
    EXPECT_GT(tally.lost, 0);
}

/// Opens a stream and leaves at some moment, whatever has come until then.
io::Task<void> come_and_leave(World& world, io::Shard& shard, milliseconds stay) {
    auto peer = co_await simulation::BytePeer::connect(shard, gateway_address);
    if (!peer) co_return;
    const std::string body = tool_call("read_note");
    static_cast<void>(co_await peer->send(
        fmt::format("POST /mcp HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer reader\r\n"
                    "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                    body.size(), body)));
    co_await io::Sleep(shard, stay);
    if (world.sim().dice().below(2) == 0) peer->stream().abort();
    co_await peer->close();
}

TEST(GatewayFaults, ClientsThatLeaveAtAnyMomentLeaveNothingBehind) {
    for (const std::uint64_t seed : simulation::seeds(60)) {
        World world(2, seed, simulation::FaultRates::some());
        world.settings.resources[0].heartbeat = milliseconds{7};
        world.upstream.answer = [](http::Exchange& exchange) -> io::Task<void> {
            exchange.response().add_field("Content-Type", "text/event-stream");
            if (!co_await exchange.begin_stream()) co_return;
            for (int i = 0; i < 1000; ++i) {
                if (!co_await exchange.write("data: {}\n\n")) co_return;
                if (!co_await io::Sleep(exchange.shard(), milliseconds{15}, &exchange.scope())) {
                    co_return;
                }
            }
        };
        world.play([&](io::Shard& shard) -> io::Task<void> {
            io::TaskGroup group;
            for (int i = 0; i < 12; ++i) {
                group.spawn(
                    come_and_leave(world, shard, milliseconds{world.sim().dice().below(120)}));
            }
            co_await group.join();
            co_await io::Sleep(shard, std::chrono::seconds{4});
        });
        ASSERT_FALSE(HasFailure()) << "seed " << seed;
    }
}

}  // namespace
}  // namespace sluice::resource
