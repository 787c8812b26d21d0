#include "io/listener.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "tests/unit/io/scripted_ring.h"

namespace sluice::io {
namespace {

using Kind = ScriptedRing::Kind;

struct ListenerTest : testing::Test {
    ListenerTest() : listener(*Listener::open(world.shard, *Address::parse("127.0.0.1:0"))) {}

    Task<void> accept_one(CancelScope* scope) {
        const auto accepted = co_await listener->accept(scope);
        if (accepted) {
            got.push_back(*accepted);
        } else {
            failed = accepted.error();
        }
        ++done;
    }
    Task<void> close_listener() {
        co_await listener->close();
        closed = true;
    }
    void TearDown() override {
        if (!closed) tasks.spawn(close_listener());
        if (world.ring->armed(Kind::accept)) world.ring->complete(Kind::accept, -ECANCELED);
        world.turn();
        EXPECT_TRUE(closed);
        EXPECT_EQ(std::ranges::count(world.ring->closed, 100), 1);
    }

    ScriptedShard world;
    TaskGroup tasks;
    std::unique_ptr<Listener> listener;
    std::vector<int> got;
    Error failed{};
    int done = 0;
    bool closed = false;
};

TEST_F(ListenerTest, GivesEachConnectionInOrder) {
    tasks.spawn(accept_one(nullptr));
    world.ring->complete(Kind::accept, 11, true);
    world.ring->complete(Kind::accept, 12, true);
    world.ring->complete(Kind::accept, 13, true);
    world.turn();
    tasks.spawn(accept_one(nullptr));
    tasks.spawn(accept_one(nullptr));
    EXPECT_EQ(got, (std::vector{11, 12, 13}));
}

TEST_F(ListenerTest, ArmsAgainAfterAnAcceptThatEnded) {
    tasks.spawn(accept_one(nullptr));
    world.ring->complete(Kind::accept, 11, false);
    world.turn();
    EXPECT_FALSE(world.ring->armed(Kind::accept));
    tasks.spawn(accept_one(nullptr));
    EXPECT_TRUE(world.ring->armed(Kind::accept));
    world.ring->complete(Kind::accept, 12, true);
    world.turn();
    EXPECT_EQ(got, (std::vector{11, 12}));
}

TEST_F(ListenerTest, ArmsAgainAfterACancellationNobodyAskedFor) {
    tasks.spawn(accept_one(nullptr));
    world.ring->complete(Kind::accept, -ECANCELED);
    EXPECT_TRUE(world.ring->armed(Kind::accept));
    world.ring->complete(Kind::accept, 11, true);
    world.turn();
    EXPECT_EQ(got, std::vector{11});
}

TEST_F(ListenerTest, TellsThatDescriptorsAreOutAndTriesAgainWhenAsked) {
    tasks.spawn(accept_one(nullptr));
    world.ring->complete(Kind::accept, -EMFILE);
    world.turn();
    EXPECT_EQ(failed, Error{EMFILE});
    EXPECT_FALSE(world.ring->armed(Kind::accept)) << "trying at once would burn the core";
    tasks.spawn(accept_one(nullptr));
    EXPECT_TRUE(world.ring->armed(Kind::accept));
    world.ring->complete(Kind::accept, 11, true);
    world.turn();
    EXPECT_EQ(got, std::vector{11});
}

TEST_F(ListenerTest, AnAcceptEndsWithItsScope) {
    CancelScope scope;
    tasks.spawn(accept_one(&scope));
    scope.cancel();
    world.turn();
    EXPECT_EQ(done, 1);
    EXPECT_TRUE(failed.cancelled());
    tasks.spawn(accept_one(&scope));
    world.turn();
    EXPECT_EQ(done, 2);
}

TEST_F(ListenerTest, CloseAlsoClosesConnectionsNobodyTook) {
    tasks.spawn(accept_one(nullptr));
    world.ring->complete(Kind::accept, 11, true);
    world.ring->complete(Kind::accept, 12, true);
    world.turn();
    tasks.spawn(close_listener());
    EXPECT_TRUE(world.ring->cancel_asked(Kind::accept));
    world.ring->complete(Kind::accept, 13, true);  // won over the cancellation
    world.turn();
    EXPECT_FALSE(closed);
    world.ring->complete(Kind::accept, -ECANCELED);
    world.turn();
    EXPECT_TRUE(closed);
    EXPECT_EQ(world.ring->closed, (std::vector{100, 12, 13}));
}

TEST_F(ListenerTest, GivesOutWhatWasLetInBeforeItStopped) {
    tasks.spawn(accept_one(nullptr));
    world.ring->complete(Kind::accept, 11, true);
    world.ring->complete(Kind::accept, 12, true);
    world.turn();
    bool stopped = false;
    const auto stop = [](Listener& open, bool& done) -> Task<void> {
        co_await open.stop();
        done = true;
    };
    tasks.spawn(stop(*listener, stopped));
    world.ring->complete(Kind::accept, 13, true);  // won over the cancellation
    world.ring->complete(Kind::accept, -ECANCELED);
    world.turn();
    EXPECT_TRUE(stopped);
    EXPECT_EQ(listener->take(), 12);
    EXPECT_EQ(listener->take(), 13);
    EXPECT_EQ(listener->take(), std::nullopt);
    EXPECT_EQ(world.ring->closed, std::vector{100});
}

TEST(Listener, ClosesItsDescriptorWhereItIsDroppedBeforeAnybodyAccepted) {
    ScriptedShard world;
    {
        const Listener listener(world.shard, 7);
    }
    EXPECT_EQ(world.ring->closed, std::vector{7});
}

Task<void> accept_for_ever(Listener& listener) {
    std::ignore = co_await listener.accept();
}

TEST(ListenerDeathTest, DroppedWhileItAcceptsIsACheck) {
    EXPECT_DEATH(
        {
            ScriptedShard world;
            TaskGroup tasks;
            Listener listener(world.shard, 7);
            tasks.spawn(accept_for_ever(listener));
        },
        "dropped without close");
}

}  // namespace
}  // namespace sluice::io
