#include "io/stream.h"

#include <gtest/gtest.h>
#include <poll.h>

#include "tests/unit/io/scripted_ring.h"

namespace sluice::io {
namespace {

using Kind = ScriptedRing::Kind;

struct StreamTest : testing::Test {
    StreamTest() : stream(std::make_unique<Stream>(world.shard, 7)) {}

    Task<void> receive_into(CancelScope* scope) {
        auto received = co_await stream->receive(scope);
        if (received) {
            got = std::string(received->bytes());
        } else {
            failed = received.error();
        }
        ++receives_done;
    }
    Task<void> send_from(std::string_view bytes, CancelScope* scope) {
        const auto result = co_await stream->send(bytes, scope);
        if (!result) failed = result.error();
        ++sends_done;
    }
    Task<void> close_stream() {
        co_await stream->close();
        closed = true;
    }

    /// One receive from its call to its end, where bytes are there already.
    std::string receive_now() {
        got = "nothing";
        tasks.spawn(receive_into(nullptr));
        world.turn();
        return got;
    }
    void close_now() {
        tasks.spawn(close_stream());
        if (world.ring->armed(Kind::receive)) world.ring->complete(Kind::receive, -ECANCELED);
        if (world.ring->armed(Kind::hang_up)) world.ring->complete(Kind::hang_up, -ECANCELED);
        world.turn();
        EXPECT_TRUE(closed);
    }
    void TearDown() override {
        if (!closed) close_now();
        stream.reset();
        EXPECT_EQ(tasks.size(), 0u);
        EXPECT_EQ(world.ring->buffers_lent, 0);
        EXPECT_EQ(world.ring->closed, std::vector<int>{7});
    }

    ScriptedShard world;
    std::unique_ptr<Stream> stream;
    TaskGroup tasks;
    std::string got;
    Error failed{};
    int receives_done = 0;
    int sends_done = 0;
    bool closed = false;
};

TEST_F(StreamTest, ArmsOnlyOnceSomebodyReceives) {
    world.turn();
    EXPECT_FALSE(world.ring->armed(Kind::receive));
    tasks.spawn(receive_into(nullptr));
    EXPECT_TRUE(world.ring->armed(Kind::receive));
    world.ring->complete_receive("hello");
    world.turn();
    EXPECT_EQ(got, "hello");
}

TEST_F(StreamTest, GivesBytesThatCameTogetherOneAfterTheOther) {
    tasks.spawn(receive_into(nullptr));
    world.ring->complete_receive("one");
    world.ring->complete_receive("two");
    world.ring->complete_receive("three");
    world.turn();
    EXPECT_EQ(got, "one");
    EXPECT_EQ(receive_now(), "two");
    EXPECT_EQ(receive_now(), "three");
    EXPECT_EQ(world.ring->buffers_lent, 0);
}

TEST_F(StreamTest, PausesWhenNobodyReadsAndResumesWhenSomebodyDoes) {
    tasks.spawn(receive_into(nullptr));
    for (const char* bytes : {"0", "1", "2"}) world.ring->complete_receive(bytes);
    EXPECT_FALSE(world.ring->cancel_asked(Kind::receive));
    world.ring->complete_receive("3");
    EXPECT_TRUE(world.ring->cancel_asked(Kind::receive));
    EXPECT_EQ(world.ring->cancelled.size(), 1u);
    for (const char* bytes : {"4", "5"}) world.ring->complete_receive(bytes);  // on their way
    EXPECT_EQ(world.ring->cancelled.size(), 1u) << "asked twice";
    world.ring->complete(Kind::receive, -ECANCELED);
    world.turn();
    EXPECT_FALSE(world.ring->armed(Kind::receive));
    for (const char* bytes : {"1", "2", "3", "4", "5"}) EXPECT_EQ(receive_now(), bytes);
    tasks.spawn(receive_into(nullptr));
    EXPECT_TRUE(world.ring->armed(Kind::receive));
    world.ring->complete_receive("6");
    world.turn();
    EXPECT_EQ(got, "6");
}

TEST_F(StreamTest, ArmsAgainWhenAPauseEndsAndSomebodyWaits) {
    tasks.spawn(receive_into(nullptr));
    for (const char* bytes : {"0", "1", "2", "3", "4"}) world.ring->complete_receive(bytes);
    world.turn();
    for (const char* bytes : {"1", "2", "3", "4"}) EXPECT_EQ(receive_now(), bytes);
    tasks.spawn(receive_into(nullptr));  // before the cancelled operation has ended
    world.ring->complete(Kind::receive, -ECANCELED);
    EXPECT_TRUE(world.ring->armed(Kind::receive));
    EXPECT_FALSE(world.ring->cancel_asked(Kind::receive));
    world.ring->complete_receive("5");
    world.turn();
    EXPECT_EQ(got, "5");
}

TEST_F(StreamTest, ArmsAgainAfterAnEmptyPool) {
    tasks.spawn(receive_into(nullptr));
    world.ring->complete(Kind::receive, -ENOBUFS);
    EXPECT_TRUE(world.ring->armed(Kind::receive));
    world.ring->complete_receive("x", false);
    world.turn();
    EXPECT_EQ(got, "x");
    EXPECT_EQ(failed, Error{});
}

TEST_F(StreamTest, GivesItsBuffersBackWhenAnotherStreamFindsThePoolEmpty) {
    tasks.spawn(receive_into(nullptr));
    for (const char* bytes : {"0", "kept", "too"}) world.ring->complete_receive(bytes);
    world.turn();
    EXPECT_EQ(world.ring->buffers_lent, 2);
    world.shard.buffer_holders().detach_all();
    EXPECT_EQ(world.ring->buffers_lent, 0);
    EXPECT_EQ(receive_now(), "kept");
    EXPECT_EQ(receive_now(), "too");
}

TEST_F(StreamTest, TellsTheEndOfTheStreamForGood) {
    tasks.spawn(receive_into(nullptr));
    world.ring->complete(Kind::receive, 0);
    world.turn();
    EXPECT_EQ(receives_done, 1);
    EXPECT_EQ(failed, Error{});
    EXPECT_TRUE(stream->peer_ended());
    EXPECT_EQ(receive_now(), "");
    EXPECT_FALSE(world.ring->armed(Kind::receive));
}

TEST_F(StreamTest, TellsBytesBeforeTheEndThatFollowedThem) {
    tasks.spawn(receive_into(nullptr));
    world.ring->complete_receive("last words");
    world.ring->complete(Kind::receive, 0);
    world.turn();
    EXPECT_EQ(got, "last words");
    EXPECT_EQ(receive_now(), "");
}

TEST_F(StreamTest, TellsAnErrorAsItIsAndForGood) {
    tasks.spawn(receive_into(nullptr));
    world.ring->complete(Kind::receive, -ECONNRESET);
    world.turn();
    EXPECT_EQ(failed, Error{ECONNRESET});
    failed = {};
    tasks.spawn(receive_into(nullptr));
    EXPECT_EQ(failed, Error{ECONNRESET});
}

TEST_F(StreamTest, AReceiveEndsWithItsScope) {
    CancelScope scope;
    tasks.spawn(receive_into(&scope));
    scope.cancel({ETIMEDOUT});
    EXPECT_EQ(receives_done, 0);
    world.turn();
    EXPECT_EQ(receives_done, 1);
    EXPECT_TRUE(failed.timed_out());
    EXPECT_TRUE(world.ring->armed(Kind::receive)) << "the next receive may be soon";
}

TEST_F(StreamTest, AReceiveInACancelledScopeEndsAtOnce) {
    CancelScope scope;
    scope.cancel();
    tasks.spawn(receive_into(&scope));
    EXPECT_EQ(receives_done, 1);
    EXPECT_TRUE(failed.cancelled());
    EXPECT_FALSE(world.ring->armed(Kind::receive));
}

TEST_F(StreamTest, BytesThatCameWithTheCancellationAreNotLost) {
    CancelScope scope;
    tasks.spawn(receive_into(&scope));
    scope.cancel();
    world.ring->complete_receive("just in time");
    world.turn();
    EXPECT_EQ(got, "just in time");
    EXPECT_EQ(failed, Error{});
}

struct TestWatcher : PeerWatcher {
    void on_peer_ended(Error error) override {
        ++told;
        why = error;
    }
    int told = 0;
    Error why{};
};

TEST_F(StreamTest, TellsItsWatcherThatThePeerHasLeft) {
    TestWatcher watcher;
    stream->watch(&watcher);
    EXPECT_TRUE(world.ring->armed(Kind::receive));
    EXPECT_EQ(watcher.told, 0);
    world.ring->complete(Kind::receive, 0);
    EXPECT_EQ(watcher.told, 1);
    EXPECT_EQ(watcher.why, Error{});
}

TEST_F(StreamTest, TellsItsWatcherWhatBrokeTheConnection) {
    TestWatcher watcher;
    stream->watch(&watcher);
    world.ring->complete(Kind::receive, -ECONNRESET);
    EXPECT_EQ(watcher.told, 1);
    EXPECT_EQ(watcher.why, Error{ECONNRESET});
}

// A multishot receive that came with bytes may have lost it.
TEST_F(StreamTest, NoticesABreakThatTheReceiveDoesNotTell) {
    TestWatcher watcher;
    stream->watch(&watcher);
    EXPECT_FALSE(world.ring->armed(Kind::hang_up)) << "a short wait does without";
    world.ring->complete_receive("the last bytes");
    world.pass(std::chrono::seconds{1});
    ASSERT_TRUE(world.ring->armed(Kind::hang_up));
    world.ring->complete(Kind::hang_up, POLLRDHUP, true);
    EXPECT_EQ(watcher.told, 0) << "the receive tells of a FIN";
    EXPECT_FALSE(world.ring->cancel_asked(Kind::receive));

    world.ring->complete(Kind::hang_up, POLLERR | POLLHUP | POLLRDHUP, true);
    EXPECT_TRUE(world.ring->cancel_asked(Kind::receive));
    world.ring->complete(Kind::receive, -ECANCELED);
    ASSERT_TRUE(world.ring->armed(Kind::receive)) << "what has arrived comes first";
    world.ring->complete(Kind::receive, 0);
    EXPECT_EQ(watcher.told, 1);
    EXPECT_EQ(watcher.why, Error{ECONNRESET}) << "an end in order does not break both directions";
    EXPECT_EQ(receive_now(), "the last bytes");
}

TEST_F(StreamTest, NoticesABreakWhileSoMuchIsUnreadThatItDoesNotReceive) {
    TestWatcher watcher;
    stream->watch(&watcher);
    for (const char* bytes : {"1", "2", "3", "4"}) world.ring->complete_receive(bytes);
    world.ring->complete(Kind::receive, -ECANCELED);
    world.pass(std::chrono::seconds{1});
    ASSERT_TRUE(world.ring->armed(Kind::hang_up));
    world.ring->complete(Kind::hang_up, POLLERR | POLLHUP, true);
    EXPECT_EQ(watcher.told, 1);
    EXPECT_EQ(watcher.why, Error{ECONNRESET});
}

TEST_F(StreamTest, NoticesABreakBehindTheEndOfThePeersDirection) {
    TestWatcher watcher;
    stream->watch(&watcher);
    world.ring->complete(Kind::receive, 0);
    EXPECT_EQ(watcher.why, Error{});
    ASSERT_TRUE(world.ring->armed(Kind::hang_up));
    world.ring->complete(Kind::hang_up, POLLERR | POLLHUP, true);
    EXPECT_EQ(watcher.told, 2);
    EXPECT_EQ(watcher.why, Error{ECONNRESET});
}

TEST_F(StreamTest, TakesItsOwnEndForNoBreak) {
    TestWatcher watcher;
    stream->watch(&watcher);
    world.pass(std::chrono::seconds{1});
    stream->end_sending();
    world.ring->complete(Kind::hang_up, POLLHUP | POLLRDHUP, true);
    EXPECT_EQ(watcher.told, 0);
    EXPECT_FALSE(world.ring->cancel_asked(Kind::receive));
}

TEST_F(StreamTest, TellsALateWatcherAtOnce) {
    tasks.spawn(receive_into(nullptr));
    world.ring->complete(Kind::receive, 0);
    world.turn();
    TestWatcher watcher;
    stream->watch(&watcher);
    EXPECT_EQ(watcher.told, 1);
}

TEST_F(StreamTest, TellsNobodyOnceTheWatchHasEnded) {
    TestWatcher watcher;
    stream->watch(&watcher);
    stream->watch(nullptr);
    world.ring->complete(Kind::receive, 0);
    EXPECT_EQ(watcher.told, 0);
}

TEST_F(StreamTest, KeepsBytesThatComeWhileItIsOnlyWatched) {
    TestWatcher watcher;
    stream->watch(&watcher);
    world.ring->complete_receive("early");
    EXPECT_EQ(receive_now(), "early");
    for (const char* bytes : {"1", "2", "3"}) world.ring->complete_receive(bytes);
    EXPECT_FALSE(world.ring->cancel_asked(Kind::receive));
    world.ring->complete_receive("4");
    EXPECT_TRUE(world.ring->cancel_asked(Kind::receive)) << "a watcher must not fill the memory";
    world.ring->complete(Kind::receive, -ECANCELED);
    EXPECT_FALSE(world.ring->armed(Kind::receive));
}

TEST_F(StreamTest, SendsOnWhereTheKernelStopped) {
    tasks.spawn(send_from("hello world", nullptr));
    EXPECT_EQ(world.ring->bytes_of_send(), "hello world");
    world.ring->complete(Kind::send, 6);
    world.turn();
    EXPECT_EQ(sends_done, 0);
    EXPECT_EQ(world.ring->bytes_of_send(), "world");
    world.ring->complete(Kind::send, 5);
    world.turn();
    EXPECT_EQ(sends_done, 1);
    EXPECT_EQ(failed, Error{});
}

TEST_F(StreamTest, SendingNothingDoesNotWait) {
    tasks.spawn(send_from("", nullptr));
    EXPECT_EQ(sends_done, 1);
}

TEST_F(StreamTest, TellsWhyASendFailed) {
    tasks.spawn(send_from("hello", nullptr));
    world.ring->complete(Kind::send, -EPIPE);
    world.turn();
    EXPECT_EQ(failed, Error{EPIPE});
}

TEST_F(StreamTest, ACancelledSendWaitsForItsCompletion) {
    CancelScope scope;
    tasks.spawn(send_from("hello", &scope));
    scope.cancel({ETIMEDOUT});
    EXPECT_TRUE(world.ring->cancel_asked(Kind::send));
    world.turn();
    EXPECT_EQ(sends_done, 0) << "the kernel still reads the bytes";
    world.ring->complete(Kind::send, -ECANCELED);
    world.turn();
    EXPECT_EQ(sends_done, 1);
    EXPECT_TRUE(failed.timed_out());
}

TEST_F(StreamTest, ACancelledSendThatWentThroughIsASuccess) {
    CancelScope scope;
    tasks.spawn(send_from("hello", &scope));
    scope.cancel();
    world.ring->complete(Kind::send, 5);
    world.turn();
    EXPECT_EQ(sends_done, 1);
    EXPECT_EQ(failed, Error{});
}

TEST_F(StreamTest, ACancelledSendThatWentInPartIsNotGoneOnWith) {
    CancelScope scope;
    tasks.spawn(send_from("hello", &scope));
    scope.cancel();
    world.ring->complete(Kind::send, 2);
    EXPECT_FALSE(world.ring->armed(Kind::send));
    world.turn();
    EXPECT_TRUE(failed.cancelled());
}

TEST_F(StreamTest, ClosesOnlyOnceTheReceiveInFlightHasEnded) {
    CancelScope scope;
    tasks.spawn(receive_into(&scope));
    scope.cancel();
    world.turn();
    tasks.spawn(close_stream());
    EXPECT_TRUE(world.ring->cancel_asked(Kind::receive));
    world.ring->complete_receive("too late");
    world.turn();
    EXPECT_TRUE(world.ring->closed.empty());
    world.ring->complete(Kind::receive, -ECANCELED);
    world.turn();
    EXPECT_TRUE(closed);
}

TEST_F(StreamTest, AbortShutsTheSocketAndTheReceiverSeesItsEnd) {
    tasks.spawn(receive_into(nullptr));
    stream->abort();
    EXPECT_EQ(world.ring->shut, std::vector<int>{7});
    world.ring->complete(Kind::receive, 0);
    world.turn();
    EXPECT_EQ(receives_done, 1);
}

TEST(StreamDeathTest, DroppedWithoutCloseIsACheck) {
    EXPECT_DEATH(
        {
            ScriptedShard world;
            Stream stream(world.shard, 7);
        },
        "dropped without close");
}

}  // namespace
}  // namespace sluice::io
