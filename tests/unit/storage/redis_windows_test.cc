// Windows and claims that several boxes share through a real Redis.
#include <gtest/gtest.h>

#include "tests/unit/storage/redis_support.h"

namespace sluice::storage {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr WindowLimit three_a_minute{3, std::chrono::minutes{1}};

RedisSettings on_port(std::uint16_t port) {
    RedisSettings settings;
    settings.host = "127.0.0.1";
    settings.port = port;
    settings.timeout = seconds{1};  // a busy machine's late answers are no test's subject
    return settings;
}

struct RedisWindowsTest : RedisTest {
    RedisServer server;
    RedisSettings settings = on_port(server.port());
};

TEST_F(RedisWindowsTest, TwoBoxesShareOneWindow) {
    RunningWindows one(*this, settings);
    RunningWindows other(*this, settings);
    one.wait_until_available();
    other.wait_until_available();
    EXPECT_EQ(get(one->admit("client", three_a_minute)).value(), Seconds{0});
    EXPECT_EQ(get(other->admit("client", three_a_minute)).value(), Seconds{0});
    EXPECT_EQ(get(one->admit("client", three_a_minute)).value(), Seconds{0});
    const Seconds refused = get(other->admit("client", three_a_minute)).value();
    EXPECT_GT(refused, Seconds{55});
    EXPECT_LE(refused, Seconds{60});
    EXPECT_GT(get(one->admit("client", three_a_minute)).value(), Seconds{55});
    EXPECT_EQ(get(one->admit("another", three_a_minute)).value(), Seconds{0});
}

TEST_F(RedisWindowsTest, WhoWaitsAsToldIsAdmitted) {
    RunningWindows box(*this, settings);
    box.wait_until_available();
    constexpr WindowLimit two_a_second{2, seconds{1}};
    EXPECT_EQ(get(box->admit("client", two_a_second)).value(), Seconds{0});
    EXPECT_EQ(get(box->admit("client", two_a_second)).value(), Seconds{0});
    const Seconds wait = get(box->admit("client", two_a_second)).value();
    EXPECT_EQ(wait, Seconds{1});
    const MonotonicTime end = clock.monotonic() + wait;
    turn_until([&] { return clock.monotonic() >= end; });
    EXPECT_EQ(get(box->admit("client", two_a_second)).value(), Seconds{0});
}

TEST_F(RedisWindowsTest, AnIdIsClaimedOnceAmongBoxes) {
    RunningWindows one(*this, settings);
    RunningWindows other(*this, settings);
    one.wait_until_available();
    other.wait_until_available();
    EXPECT_TRUE(get(one->claim("jti", seconds{30})).value());
    EXPECT_FALSE(get(other->claim("jti", seconds{30})).value());
    EXPECT_FALSE(get(one->claim("jti", seconds{30})).value());
    EXPECT_TRUE(get(other->claim("another", seconds{30})).value());
}

TEST_F(RedisWindowsTest, AClaimEndsWithItsLifetime) {
    RunningWindows box(*this, settings);
    box.wait_until_available();
    EXPECT_TRUE(get(box->claim("jti", milliseconds{300})).value());
    EXPECT_FALSE(get(box->claim("jti", milliseconds{300})).value());
    const MonotonicTime end = clock.monotonic() + milliseconds{320};
    turn_until([&] { return clock.monotonic() >= end; });
    EXPECT_TRUE(get(box->claim("jti", milliseconds{300})).value());
}

TEST_F(RedisWindowsTest, AServerThatForgotTheScriptIsToldAgain) {
    RunningWindows box(*this, settings);
    box.wait_until_available();
    EXPECT_EQ(get(box->admit("client", three_a_minute)).value(), Seconds{0});
    const std::string flush =
        "redis-cli -p " + std::to_string(server.port()) + " script flush > /dev/null";
    ASSERT_EQ(std::system(flush.c_str()), 0);
    EXPECT_EQ(get(box->admit("client", three_a_minute)).value(), Seconds{0});
    EXPECT_EQ(box.said(), std::vector<std::string>{});
}

TEST_F(RedisWindowsTest, AKilledServerIsAnnouncedOnceAndSoIsItsReturn) {
    RunningWindows box(*this, settings);
    box.wait_until_available();
    server.kill_now();
    turn_until([&] { return !box.said().empty(); });
    EXPECT_TRUE(box.said().front().starts_with("away: ")) << box.said().front();
    EXPECT_TRUE(box.redis().away());
    const std::uint64_t before = box->counts().decided_alone;
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(get(box->admit("client", three_a_minute)));
    EXPECT_EQ(box->counts().decided_alone, before + 10);
    const RedisServer again(server.port());
    turn_until([&] { return box.said().size() > 1; });
    EXPECT_EQ(box.said().back(), "back");
    EXPECT_EQ(box.said().size(), 2u);
    EXPECT_FALSE(box.redis().away());
    EXPECT_EQ(get(box->admit("client", three_a_minute)).value(), Seconds{0});
}

TEST_F(RedisWindowsTest, AServerThatStallsCostsOneTimeoutAndRecovers) {
    settings.timeout = milliseconds{50};
    RunningWindows box(*this, settings);
    box.wait_until_available();
    server.send_signal(SIGSTOP);
    const MonotonicTime begun = clock.monotonic();
    EXPECT_FALSE(get(box->admit("client", three_a_minute)));
    EXPECT_LT(clock.monotonic() - begun, milliseconds{500});
    ASSERT_EQ(box.said().size(), 1u);
    EXPECT_EQ(box.said().front(), "away: no answer within 50 ms");
    const MonotonicTime later = clock.monotonic();
    for (int i = 0; i < 1000; ++i) EXPECT_FALSE(get(box->admit("client", three_a_minute)));
    EXPECT_LT(clock.monotonic() - later, milliseconds{500});  // nobody waits any more
    server.send_signal(SIGCONT);
    turn_until([&] { return box.said().size() > 1; });
    EXPECT_EQ(box.said().back(), "back");
}

TEST_F(RedisWindowsTest, ManyAskAtOnceOverOneConnection) {
    RunningWindows box(*this, settings);
    box.wait_until_available();
    unsigned admitted = 0;
    unsigned refused = 0;
    const auto ask = [](SharedWindows* windows, unsigned* yes, unsigned* no) -> io::Task<void> {
        constexpr WindowLimit limit{500, std::chrono::minutes{1}};
        const auto answer = co_await windows->admit("client", limit);
        ++(answer.value() == Seconds{0} ? *yes : *no);
    };
    io::TaskGroup group;
    for (int i = 0; i < 1000; ++i) group.spawn(ask(&*box, &admitted, &refused));
    turn_until([&] { return group.size() == 0; });
    EXPECT_EQ(admitted, 500u);
    EXPECT_EQ(refused, 500u);
}

TEST_F(RedisWindowsTest, AFullServerIsAway) {
    RunningWindows box(*this, settings);
    box.wait_until_available();
    const std::string fill =
        "redis-cli -p " + std::to_string(server.port()) + " config set maxmemory 1 > /dev/null";
    ASSERT_EQ(std::system(fill.c_str()), 0);
    EXPECT_FALSE(get(box->admit("client", three_a_minute)));
    ASSERT_FALSE(box.said().empty());
    EXPECT_TRUE(box.said().front().contains("OOM")) << box.said().front();
}

struct RedisAccessTest : RedisTest {};

TEST_F(RedisAccessTest, ThePasswordAndTheDatabaseAreUsed) {
    const RedisServer server(free_port(), {"--requirepass", "open sesame"});
    RedisSettings settings = on_port(server.port());
    settings.password = Secret("open sesame");
    settings.database = 3;
    RunningWindows box(*this, settings);
    box.wait_until_available();
    EXPECT_TRUE(get(box->claim("jti", seconds{30})).value());
    settings.database = 4;
    RunningWindows apart(*this, settings);
    apart.wait_until_available();
    EXPECT_TRUE(get(apart->claim("jti", seconds{30})).value());
}

TEST_F(RedisAccessTest, AWrongPasswordIsAnnouncedWithoutBeingShown) {
    const RedisServer server(free_port(), {"--requirepass", "open sesame"});
    RedisSettings settings = on_port(server.port());
    settings.password = Secret("open barley");
    RunningWindows box(*this, settings);
    turn_until([&] { return !box.said().empty(); });
    EXPECT_TRUE(box.said().front().contains("WRONGPASS")) << box.said().front();
    EXPECT_FALSE(box.said().front().contains("barley"));
    EXPECT_FALSE(get(box->admit("client", three_a_minute)));
}

TEST_F(RedisAccessTest, AServerThatRepeatsThePasswordDoesNotBringItIntoTheLog) {
    const RedisServer server(free_port(), {"--rename-command", "AUTH", "OPEN"});
    RedisSettings settings = on_port(server.port());
    settings.password = Secret("barley");
    RunningWindows box(*this, settings);
    turn_until([&] { return !box.said().empty(); });
    EXPECT_EQ(box.said().front(), "away: AUTH is refused: ERR");
}

TEST_F(RedisAccessTest, NobodyThereIsAnnounced) {
    RunningWindows box(*this, on_port(free_port()));
    turn_until([&] { return !box.said().empty(); });
    EXPECT_TRUE(box.said().front().contains("Connection refused")) << box.said().front();
}

TEST_F(RedisAccessTest, SomebodyWhoNeverAnswersIsAway) {
    const int silent = listen_somewhere();
    RunningWindows box(*this, on_port(port_of(silent)));
    turn_until([&] { return !box.said().empty(); });
    EXPECT_EQ(box.said().front(), "away: it does not answer");
    close(silent);
}

TEST_F(RedisAccessTest, SomebodyElseIsNotTakenForRedis) {
    const int listener = listen_somewhere();
    std::jthread other([listener] {
        const int fd = accept(listener, nullptr, nullptr);
        constexpr std::string_view answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
        CHECK(write(fd, answer.data(), answer.size()) > 0);
        close(listener);
        std::this_thread::sleep_for(milliseconds{200});
        close(fd);
    });
    RunningWindows box(*this, on_port(port_of(listener)));
    turn_until([&] { return !box.said().empty(); });
    EXPECT_TRUE(box.said().front().starts_with("away: it ")) << box.said().front();
}

}  // namespace
}  // namespace sluice::storage
