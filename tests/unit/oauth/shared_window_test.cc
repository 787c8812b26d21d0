// The window that boxes share counts as a box's own does.
#include <gtest/gtest.h>

#include <random>

#include "oauth/limits/sliding_window.h"
#include "storage/redis/redis_link.h"
#include "storage/redis/window_script.h"
#include "tests/unit/storage/redis_support.h"

namespace sluice::storage {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

// The script with the time as two arguments more, instead of Redis's own.
std::string script_at_a_given_time() {
    std::string script(window_script);
    const std::string_view asks = "redis.call('TIME')";
    const auto found = script.find(asks);
    CHECK(found != std::string::npos);
    return script.replace(found, asks.size(), "{ARGV[3], ARGV[4]}");
}

struct SharedWindowTest : RedisTest {
    // How long to wait, as RedisWindows rounds it.
    Seconds ask(RedisLink& link, const std::string& script, const oauth::RateLimit& limit,
                microseconds now) {
        const std::string requests = std::to_string(limit.requests);
        const std::string window = std::to_string(limit.window / microseconds{1});
        const std::string whole = std::to_string(now / seconds{1});
        const std::string rest = std::to_string((now % seconds{1}).count());
        const RedisReply reply =
            get(send(&link, {"EVAL", script, "1", "key", requests, window, whole, rest}));
        EXPECT_EQ(reply.kind, RedisReply::Kind::integer) << reply.text;
        const auto wait = std::chrono::ceil<Seconds>(microseconds{reply.integer});
        return reply.integer == 0 ? Seconds{0} : std::max(Seconds{1}, wait);
    }
    static io::Task<RedisReply> send(RedisLink* link, std::vector<std::string> texts) {
        const std::vector<std::string_view> words(texts.begin(), texts.end());
        co_return co_await link->ask(words, seconds{5});
    }
    io::Task<std::unique_ptr<io::Stream>> connect_to(std::uint16_t port) {
        auto stream =
            co_await io::connect(*shard, *io::Address::from_ip("127.0.0.1", port), nullptr);
        co_return *std::move(stream);
    }
};

TEST_F(SharedWindowTest, CountsAsABoxesOwnWindowDoes) {
    // The window is kept for as long as it counts by Redis's own clock: long, so that the given
    // times alone matter.
    const RedisServer server;
    RedisLink link(*shard, get(connect_to(server.port())));
    io::CancelScope scope;
    io::TaskGroup group;
    group.spawn(link.run(scope));
    const std::string script = script_at_a_given_time();
    std::mt19937_64 random(7);
    for (int round = 0; round < 40; ++round) {
        oauth::RateLimit limit;
        limit.requests = static_cast<std::uint32_t>(1 + random() % 9);
        limit.window = seconds{1800 + random() % 3600};
        oauth::SlidingWindow own;
        microseconds now = seconds{1'790'000'000} + microseconds{random() % 1'000'000};
        get(send(&link, {"DEL", "key"}));
        for (int i = 0; i < 80; ++i) {
            now +=
                microseconds{random() % static_cast<std::uint64_t>(limit.window / microseconds{1} /
                                                                   limit.requests * 2)};
            const Seconds expected = own.admit(limit, MonotonicTime{now});
            ASSERT_EQ(ask(link, script, limit, now), expected)
                << "round " << round << ", request " << i;
        }
    }
    scope.cancel();
    turn_until([&] { return group.size() == 0; });
}

}  // namespace
}  // namespace sluice::storage
