#include <gtest/gtest.h>

#include "io/stream.h"
#include "tests/unit/io/scripted_ring.h"

namespace sluice::io {
namespace {

using Kind = ScriptedRing::Kind;

struct ConnectTest : testing::Test {
    Task<void> connect_to(CancelScope* scope) {
        auto result = co_await connect(world.shard, *Address::parse("127.0.0.1:80"), scope);
        if (result) {
            stream = *std::move(result);
        } else {
            failed = result.error();
        }
        done = true;
    }
    Task<void> close_stream() { co_await stream->close(); }

    ScriptedShard world;
    TaskGroup tasks;
    std::unique_ptr<Stream> stream;
    Error failed{};
    bool done = false;
};

TEST_F(ConnectTest, GivesAStream) {
    tasks.spawn(connect_to(nullptr));
    world.ring->complete(Kind::connect, 0);
    world.turn();
    ASSERT_TRUE(stream);
    tasks.spawn(close_stream());
}

TEST_F(ConnectTest, ClosesTheSocketOfARefusedConnection) {
    tasks.spawn(connect_to(nullptr));
    world.ring->complete(Kind::connect, -ECONNREFUSED);
    world.turn();
    EXPECT_EQ(failed, Error{ECONNREFUSED});
    EXPECT_EQ(world.ring->closed.size(), 1u);
}

TEST_F(ConnectTest, EndsWithItsScopeOnceTheOperationHas) {
    CancelScope scope;
    tasks.spawn(connect_to(&scope));
    scope.cancel({ETIMEDOUT});
    EXPECT_TRUE(world.ring->cancel_asked(Kind::connect));
    world.turn();
    EXPECT_FALSE(done);
    world.ring->complete(Kind::connect, -ECANCELED);
    world.turn();
    EXPECT_TRUE(failed.timed_out());
    EXPECT_EQ(world.ring->closed.size(), 1u);
}

TEST_F(ConnectTest, AConnectionThatWinsOverItsCancellationIsGiven) {
    CancelScope scope;
    tasks.spawn(connect_to(&scope));
    scope.cancel();
    world.ring->complete(Kind::connect, 0);
    world.turn();
    ASSERT_TRUE(stream);
    EXPECT_TRUE(world.ring->closed.empty());
    tasks.spawn(close_stream());
}

}  // namespace
}  // namespace sluice::io
