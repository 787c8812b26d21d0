#include "io/timer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "tests/support/dice.h"

namespace sluice::io {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

const MonotonicTime start = MonotonicTime{hours{5} + microseconds{123}};

class TestTimer final : public Timer {
public:
    explicit TestTimer(std::vector<TestTimer*>* told = nullptr) : told_(told) {}
    int count = 0;

protected:
    void on_timer() override {
        ++count;
        if (told_ != nullptr) told_->push_back(this);
    }

private:
    std::vector<TestTimer*>* told_;
};

TEST(TimerWheel, TellsATimerOnceItsTimeHasCome) {
    TimerWheel wheel(start);
    TestTimer timer;
    wheel.start(timer, start + milliseconds{5});
    EXPECT_TRUE(timer.running());
    wheel.advance(start + milliseconds{4});
    EXPECT_EQ(timer.count, 0);
    wheel.advance(start + milliseconds{5});
    EXPECT_EQ(timer.count, 1);
    EXPECT_FALSE(timer.running());
    wheel.advance(start + hours{1});
    EXPECT_EQ(timer.count, 1);
}

TEST(TimerWheel, NeverTellsBeforeTheTime) {
    TimerWheel wheel(start);
    TestTimer timer;
    wheel.start(timer, start + microseconds{1});
    wheel.advance(start + microseconds{999});
    EXPECT_EQ(timer.count, 0);
    wheel.advance(start + milliseconds{1});
    EXPECT_EQ(timer.count, 1);
}

TEST(TimerWheel, StopsAndRestarts) {
    TimerWheel wheel(start);
    TestTimer timer;
    wheel.start(timer, start + milliseconds{5});
    timer.stop();
    EXPECT_FALSE(wheel.next_due());
    wheel.advance(start + milliseconds{10});
    EXPECT_EQ(timer.count, 0);
    wheel.start(timer, start + milliseconds{15});
    wheel.start(timer, start + milliseconds{25});
    wheel.advance(start + milliseconds{20});
    EXPECT_EQ(timer.count, 0);
    wheel.advance(start + milliseconds{25});
    EXPECT_EQ(timer.count, 1);
}

TEST(TimerWheel, ForgetsATimerThatIsDropped) {
    TimerWheel wheel(start);
    {
        TestTimer timer;
        wheel.start(timer, start + milliseconds{5});
    }
    EXPECT_FALSE(wheel.next_due());
    wheel.advance(start + milliseconds{10});
}

TEST(TimerWheel, TellsWhatIsLateAlreadyAtTheNextTick) {
    TimerWheel wheel(start);
    wheel.advance(start + seconds{10});
    TestTimer timer;
    wheel.start(timer, start + seconds{3});
    wheel.advance(start + seconds{10} + milliseconds{1});
    EXPECT_EQ(timer.count, 1);
}

TEST(TimerWheel, CutsWhatIsTooFarAhead) {
    TimerWheel wheel(start);
    TestTimer timer;
    wheel.start(timer, start + hours{24 * 365});
    ASSERT_TRUE(wheel.next_due());
    EXPECT_LE(*wheel.next_due(), start + hours{24 * 13});
    EXPECT_GT(*wheel.next_due(), start + hours{24 * 11});
}

class RestartingTimer final : public Timer {
public:
    RestartingTimer(TimerWheel& wheel, MonotonicTime& now, Duration every)
        : wheel_(wheel), now_(now), every_(every) {}
    int count = 0;

protected:
    void on_timer() override {
        ++count;
        wheel_.start(*this, now_ + every_);
    }

private:
    TimerWheel& wheel_;
    MonotonicTime& now_;
    Duration every_;
};

TEST(TimerWheel, LetsATimerRestartItselfWhileItIsTold) {
    TimerWheel wheel(start);
    MonotonicTime now = start;
    RestartingTimer at_once(wheel, now, Duration::zero());
    RestartingTimer round(wheel, now, milliseconds{64});
    wheel.start(at_once, now);
    wheel.start(round, now + milliseconds{64});
    for (int i = 0; i < 640; ++i) {
        now += milliseconds{1};
        wheel.advance(now);
    }
    EXPECT_EQ(at_once.count, 640);
    EXPECT_EQ(round.count, 10);
    at_once.stop();
    round.stop();
}

class StoppingTimer final : public Timer {
public:
    Timer* other = nullptr;
    int count = 0;

protected:
    void on_timer() override {
        ++count;
        other->stop();
    }
};

TEST(TimerWheel, LetsATimerStopAnotherOfTheSameTick) {
    TimerWheel wheel(start);
    StoppingTimer first;
    StoppingTimer second;
    first.other = &second;
    second.other = &first;
    wheel.start(first, start + milliseconds{3});
    wheel.start(second, start + milliseconds{3});
    wheel.advance(start + milliseconds{3});
    EXPECT_EQ(first.count + second.count, 1);
}

/// The wheel beside the plainest possible model, over all its levels.
class Model {
public:
    explicit Model(std::uint64_t seed) : dice_(seed), now_(start), wheel_(start) {
        for (int i = 0; i < 60; ++i) timers_.push_back(std::make_unique<TestTimer>(&told_));
    }

    void step() {
        if (dice_.chance(550)) return start_one();
        if (dice_.chance(250)) return stop_one();
        advance();
    }

private:
    Duration some_time() {
        // Spans of every level: up to 64 ms, 4 s, 4.5 min, 4.6 h and 12 days.
        const std::uint64_t span = std::uint64_t{1} << (6 * dice_.between(1, 5));
        return microseconds{dice_.below(span * 1000)};
    }
    void forget(TestTimer& timer) {
        std::erase_if(due_, [&](const auto& entry) { return entry.second == &timer; });
    }
    void start_one() {
        TestTimer& timer = *timers_[dice_.below(timers_.size())];
        const MonotonicTime due = now_ + some_time();
        forget(timer);
        due_.emplace(due, &timer);
        wheel_.start(timer, due);
    }
    void stop_one() {
        TestTimer& timer = *timers_[dice_.below(timers_.size())];
        forget(timer);
        timer.stop();
    }
    void advance() {
        const auto next = wheel_.next_due();
        ASSERT_EQ(next.has_value(), !due_.empty());
        if (next) {
            ASSERT_LE(*next, due_.begin()->first + milliseconds{1}) << "next_due() is late";
            ASSERT_GT(*next, now_ - milliseconds{1});
        }
        // Mostly as the loop of a shard does, sometimes late.
        now_ = next && dice_.chance(800) ? std::max(*next, now_) : now_ + some_time() / 8;
        told_.clear();
        wheel_.advance(now_);
        std::map<TestTimer*, MonotonicTime> told;
        for (TestTimer* timer : told_) {
            const auto entry = std::ranges::find_if(
                due_, [&](const auto& candidate) { return candidate.second == timer; });
            ASSERT_NE(entry, due_.end()) << "told twice, or not running";
            ASSERT_LE(entry->first, now_) << "told early";
            due_.erase(entry);
        }
        for (const auto& [due, timer] : due_) ASSERT_GT(due, now_ - milliseconds{1}) << "not told";
        for (const auto& timer : timers_) {
            const bool expected = std::ranges::any_of(
                due_, [&](const auto& entry) { return entry.second == timer.get(); });
            ASSERT_EQ(timer->running(), expected);
        }
    }

    simulation::Dice dice_;
    MonotonicTime now_;
    TimerWheel wheel_;
    std::vector<TestTimer*> told_;
    std::vector<std::unique_ptr<TestTimer>> timers_;
    std::multimap<MonotonicTime, TestTimer*> due_;
};

TEST(TimerWheel, DoesAsAMultimapDoesOverAllLevels) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        SCOPED_TRACE(seed);
        Model model(seed);
        for (int i = 0; i < 500 && !testing::Test::HasFatalFailure(); ++i) model.step();
    }
}

}  // namespace
}  // namespace sluice::io
