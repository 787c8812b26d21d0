#include "io/mailbox.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "io/sharded.h"
#include "tests/support/simulation.h"
#include "tests/unit/io/scripted_ring.h"

namespace sluice::io {
namespace {

struct Note final : Message {
    Note() = default;
    explicit Note(int value, std::vector<int>* into) : number(value), read(into) {}
    void deliver(Shard&) override { read->push_back(number); }
    int number = 0;
    std::vector<int>* read = nullptr;
};

TEST(Mailbox, GivesWhatWasPushedOnce) {
    Mailbox box;
    Note first;
    Note second;
    EXPECT_TRUE(box.empty());
    box.push(&first, &first);
    box.push(&second, &second);
    EXPECT_FALSE(box.empty());
    EXPECT_EQ(box.take_all(), &first);
    EXPECT_TRUE(box.empty());
    EXPECT_EQ(box.take_all(), nullptr);
}

TEST(Mailbox, TellsOneSenderToWakeASleepingOwner) {
    Mailbox box;
    Note first;
    Note second;
    EXPECT_FALSE(box.push(&first, &first)) << "the owner is awake";
    EXPECT_FALSE(box.fall_asleep()) << "a message is there";
    EXPECT_FALSE(box.push(&second, &second)) << "so it stayed awake";
    box.take_all();
    EXPECT_TRUE(box.fall_asleep());
    EXPECT_TRUE(box.push(&first, &first));
    EXPECT_FALSE(box.push(&second, &second)) << "somebody wakes it already";
    box.wake_up();
    box.take_all();
    EXPECT_FALSE(box.push(&first, &first));
}

/// Shards on scripted rings that know each other, turned by hand.
struct Pair {
    Pair() {
        Shard* const both[] = {&first, &second};
        first.set_peers(both);
        second.set_peers(both);
    }
    ManualClock clock;
    ScriptedRing* first_ring = new ScriptedRing;
    ScriptedRing* second_ring = new ScriptedRing;
    Shard first{0, {std::unique_ptr<Ring>(first_ring), std::make_unique<SeededRandom>(1), &clock}};
    Shard second{1,
                 {std::unique_ptr<Ring>(second_ring), std::make_unique<SeededRandom>(2), &clock}};
};

TEST(Shard, DeliversMessagesInTheOrderOfPosting) {
    Pair shards;
    std::vector<int> read;
    std::vector<Note> notes;
    for (int i = 0; i < 100; ++i) notes.emplace_back(i, &read);
    for (int i = 0; i < 50; ++i) shards.first.post(1, notes[static_cast<std::size_t>(i)]);
    shards.second.turn(Duration::zero());
    EXPECT_TRUE(read.empty()) << "posting is kept for the turn";
    shards.first.turn(Duration::zero());
    for (int i = 50; i < 100; ++i) shards.first.post(1, notes[static_cast<std::size_t>(i)]);
    shards.first.turn(Duration::zero());
    shards.second.turn(Duration::zero());
    ASSERT_EQ(read.size(), 100u);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(read[static_cast<std::size_t>(i)], i);
}

TEST(Shard, WakesItsPeerOnceForABatch) {
    Pair shards;
    std::vector<int> read;
    std::vector<Note> notes;
    for (int i = 0; i < 10; ++i) notes.emplace_back(i, &read);
    for (Note& note : notes) shards.first.post(1, note);
    shards.second_ring->while_waiting = [&shards] { shards.first.turn(Duration::zero()); };
    shards.second.turn(std::chrono::seconds{1});
    EXPECT_EQ(shards.first_ring->wakes, 1);
    EXPECT_EQ(read.size(), 10u);
}

TEST(Shard, DoesNotWakeAPeerThatIsAwake) {
    Pair shards;
    std::vector<int> read;
    Note note(7, &read);
    shards.first.post(1, note);
    shards.second_ring->while_waiting = [&shards] { shards.first.turn(Duration::zero()); };
    shards.second.turn(Duration::zero());
    EXPECT_EQ(shards.first_ring->wakes, 0);
    EXPECT_EQ(read, std::vector{7});
}

TEST(Shard, DeliversWhatItPostsToItself) {
    Pair shards;
    std::vector<int> read;
    Note note(7, &read);
    shards.first.post(0, note);
    shards.first.turn(std::chrono::seconds{1});
    EXPECT_EQ(read, std::vector{7});
    EXPECT_EQ(shards.first_ring->wakes, 0);
    EXPECT_EQ(shards.first_ring->last_wait, Duration::zero());
}

TEST(Shard, LosesNothingOfManyThreadsAndKeepsTheOrderOfEach) {
    constexpr int senders = 4;
    constexpr int each = 20'000;
    ScriptedShard world;
    std::vector<std::vector<int>> read(senders);
    std::vector<std::vector<Note>> notes(senders);
    for (std::size_t sender = 0; sender < senders; ++sender) {
        for (int i = 0; i < each; ++i) notes[sender].emplace_back(i, &read[sender]);
    }
    std::vector<std::jthread> threads;
    for (auto& of_one : notes) {
        threads.emplace_back([&world, &of_one] {
            for (Note& note : of_one) world.shard.push(note);
        });
    }
    std::size_t count = 0;
    while (count < std::size_t{senders} * each) {
        world.turn();
        count = 0;
        for (const auto& of_one : read) count += of_one.size();
    }
    for (const auto& of_one : read) {
        for (int i = 0; i < each; ++i) ASSERT_EQ(of_one[static_cast<std::size_t>(i)], i);
    }
}

/// A service whose instances count what they are asked.
struct Counter {
    int value = 0;
};

Task<void> count_everywhere(Shard& shard, const Sharded<Counter>& counters, unsigned* answers) {
    for (int i = 0; i < 100; ++i) {
        const auto owner = static_cast<unsigned>(shard.random().next_u64() % counters.count());
        const int value =
            co_await counters.call(shard, owner, [](Counter& c) { return ++c.value; });
        EXPECT_GT(value, 0);
        ++*answers;
    }
}

TEST(Sharded, AnswersEveryCallOnceAndOnlyOnItsOwner) {
    simulation::Simulation sim(1, 3, {.client_shards = 0});
    std::vector<Counter> instances(3);
    Sharded<Counter> counters;
    for (unsigned i = 0; i < 3; ++i) counters.set(i, instances[i]);
    unsigned answers = 0;
    sim.start([&](Shard& shard, Event&) { return count_everywhere(shard, counters, &answers); });
    ASSERT_TRUE(sim.run());
    EXPECT_EQ(answers, 300u);
    EXPECT_EQ(instances[0].value + instances[1].value + instances[2].value, 300);
    EXPECT_EQ(sim.elapsed(), Duration::zero());
}

Task<void> move_owner(Shard& shard, const Sharded<Counter>& counters, std::string* got) {
    auto owned = std::make_unique<std::string>("moved there and back");
    auto back = co_await counters.call(
        shard, 1, [text = std::move(owned)](Counter&) mutable { return std::move(text); });
    *got = *back;
    co_await counters.call(shard, 1, [](Counter& counter) { counter.value = 42; });
}

TEST(Sharded, CarriesWhatCanOnlyBeMovedAndWhatGivesNothing) {
    simulation::Simulation sim(1, 2, {.client_shards = 0});
    std::vector<Counter> instances(2);
    Sharded<Counter> counters;
    for (unsigned i = 0; i < 2; ++i) counters.set(i, instances[i]);
    std::string got;
    sim.start([&](Shard& shard, Event&) -> Task<void> {
        if (shard.index() == 0) co_await move_owner(shard, counters, &got);
    });
    ASSERT_TRUE(sim.run());
    EXPECT_EQ(got, "moved there and back");
    EXPECT_EQ(instances[1].value, 42);
}

TEST(ShardDeathTest, AMessageToNobodyIsACheck) {
    EXPECT_DEATH(
        {
            Pair shards;
            std::vector<int> read;
            Note note(1, &read);
            shards.first.post(2, note);
        },
        "does not exist");
}

}  // namespace
}  // namespace sluice::io
