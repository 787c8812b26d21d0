#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "oauth/limits/attempt_throttle.h"
#include "oauth/limits/rate_limiter.h"

namespace sluice::oauth {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr MonotonicTime start{std::chrono::hours{1}};
constexpr RateLimit ten_a_minute{.requests = 10, .window = seconds{60}};

TEST(SlidingWindow, LetsTheLimitThroughAndNotOneMore) {
    SlidingWindow window;
    for (int i = 0; i < 10; ++i) EXPECT_EQ(window.admit(ten_a_minute, start), seconds{0});
    EXPECT_GT(window.admit(ten_a_minute, start), seconds{0});
}

TEST(SlidingWindow, TellsAWaitThatIsLongEnoughAndNotMuchLonger) {
    for (const int pause_s : {0, 7, 31, 59, 60, 61, 90}) {
        SlidingWindow window;
        MonotonicTime now = start;
        for (int i = 0; i < 10; ++i) {
            ASSERT_EQ(window.admit(ten_a_minute, now), seconds{0});
            now += seconds{i == 4 ? pause_s : 0};
        }
        SlidingWindow probe = window;
        const Seconds wait = probe.admit(ten_a_minute, now);
        if (wait == seconds{0}) continue;
        SlidingWindow early = window;
        if (wait > seconds{1}) {
            EXPECT_GT(early.admit(ten_a_minute, now + wait - seconds{1}), seconds{0}) << pause_s;
        }
        EXPECT_EQ(window.admit(ten_a_minute, now + wait), seconds{0}) << pause_s;
    }
}

TEST(SlidingWindow, NeverTellsAWaitLongerThanItself) {
    for (const std::uint32_t limit : {1U, 2U, 10U, 600U}) {
        const RateLimit rate{.requests = limit, .window = seconds{60}};
        SlidingWindow window;
        MonotonicTime now = start;
        for (int round = 0; round < 50; ++round) {
            Seconds wait = window.admit(rate, now);
            while (wait == seconds{0}) wait = window.admit(rate, now);
            EXPECT_LE(wait, seconds{60}) << limit;
            now += wait;
            ASSERT_EQ(window.admit(rate, now), seconds{0}) << limit << " " << round;
            now += milliseconds{round * 977};
        }
    }
}

TEST(SlidingWindow, OneRequestAWindowMeansAWholeWindowBetweenTwo) {
    const RateLimit rate{.requests = 1, .window = seconds{60}};
    SlidingWindow window;
    EXPECT_EQ(window.admit(rate, start), seconds{0});
    EXPECT_EQ(window.admit(rate, start + seconds{119}), seconds{0});
    EXPECT_EQ(window.admit(rate, start + seconds{121}), seconds{58});
    EXPECT_EQ(window.admit(rate, start + seconds{179}), seconds{0});
}

TEST(SlidingWindow, NoMinuteSeesMuchMoreThanTheLimitWhateverItsStart) {
    SlidingWindow window;
    std::vector<MonotonicTime> admitted;
    for (MonotonicTime now = start; now < start + seconds{600}; now += milliseconds{700}) {
        if (window.admit(ten_a_minute, now) == seconds{0}) admitted.push_back(now);
    }
    for (const MonotonicTime begin : admitted) {
        const auto inside = std::ranges::count_if(admitted, [&](MonotonicTime time) {
            return time >= begin && time < begin + seconds{60};
        });
        EXPECT_LE(inside, 15);  // the previous window counts by its share, not by its moments
    }
    EXPECT_GE(admitted.size(), 90U);
}

TEST(RateLimiter, KeepsKeysApart) {
    RateLimiter limiter({.requests = 1, .window = seconds{60}}, 1);
    EXPECT_EQ(limiter.admit("a", start), seconds{0});
    EXPECT_GT(limiter.admit("a", start), seconds{0});
    EXPECT_EQ(limiter.admit("b", start), seconds{0});
}

TEST(RateLimiter, NeverCountsAKeyInUseAnew) {
    RateLimiter limiter({.requests = 60, .window = seconds{60}}, 1);
    int admitted = 0;
    for (int second = 0; second < 600; ++second) {
        for (int i = 0; i < 10; ++i) {
            if (limiter.admit("a", start + seconds{second}) == seconds{0}) ++admitted;
        }
    }
    EXPECT_LE(admitted, 60 * 11);
    EXPECT_GE(admitted, 60 * 9);
}

TEST(AttemptThrottle, HoldsAfterTheFreeAttemptsAndPausesAfterTheSlowedOnes) {
    const ThrottleRule rule{.free = 2, .slowed = 3, .longest_hold = milliseconds{600}};
    AttemptThrottle throttle(rule, 1);
    std::vector<Duration> holds;
    for (int i = 0; i < 5; ++i) {
        const Attempt attempt = throttle.begin("k", start);
        EXPECT_EQ(attempt.retry_after, seconds{0});
        holds.push_back(attempt.hold);
    }
    EXPECT_EQ(holds, (std::vector<Duration>{Duration{0}, Duration{0}, milliseconds{250},
                                            milliseconds{500}, milliseconds{600}}));
    EXPECT_EQ(throttle.begin("k", start).retry_after, seconds{60});
    EXPECT_EQ(throttle.begin("k", start + seconds{20}).retry_after, seconds{40});
    EXPECT_EQ(throttle.begin("other", start).retry_after, seconds{0});
    EXPECT_EQ(throttle.begin("k", start + seconds{60}).retry_after, seconds{0});
    EXPECT_EQ(throttle.begin("k", start + seconds{61}).retry_after, seconds{59});
}

TEST(AttemptThrottle, FreeAttemptsAreForEachOfThePeopleBehindAKey) {
    AttemptThrottle throttle({.free = 2, .slowed = 0}, 1);
    for (int i = 0; i < 2 * 100; ++i) {
        EXPECT_EQ(throttle.begin("k", start, 100).retry_after, seconds{0}) << i;
    }
    EXPECT_EQ(throttle.begin("k", start, 100).retry_after, seconds{60});
}

TEST(RateLimiter, TheLimitIsForEachOfThePeopleBehindAKey) {
    RateLimiter limiter(ten_a_minute, 1);
    for (int i = 0; i < 10 * 100; ++i) {
        EXPECT_EQ(limiter.admit("k", start, 100), seconds{0}) << i;
    }
    EXPECT_GT(limiter.admit("k", start, 100), seconds{0});
    EXPECT_EQ(RateLimit{.requests = 1'000'000'000}.for_people(100).requests, UINT32_MAX);
}

TEST(AttemptThrottle, ForgetsAfterSilenceAndWhereItIsTold) {
    AttemptThrottle throttle({.free = 1, .slowed = 0}, 1);
    throttle.begin("k", start);
    EXPECT_GT(throttle.begin("k", start).retry_after, seconds{0});
    throttle.forget("k");
    EXPECT_EQ(throttle.begin("k", start).retry_after, seconds{0});
    throttle.take_back("k", start);
    EXPECT_EQ(throttle.begin("k", start).retry_after, seconds{0});
    EXPECT_EQ(throttle.begin("k", start + std::chrono::minutes{15}).retry_after, seconds{0});
}

}  // namespace
}  // namespace sluice::oauth
