// The device grant (RFC 8628) of a whole simulated server: whoever polls, and whoever decides, on
// whatever core, there is one winner.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/oauth_actor.h"
#include "tests/sim/stage.h"

namespace sluice::simulation {
namespace {

using std::chrono::seconds;

io::Task<void> poll_in_parallel(io::Shard& shard) {
    const DeviceCodes codes = co_await get_device_codes(shard);
    EXPECT_NE(codes.device_code, "");
    co_await decide_device(shard, codes.user_code, {"allow"});
    std::string access;
    unsigned successes = 0;
    const std::string request = device_poll_request(codes.device_code);
    for (const HttpAnswer& answer : co_await ask_in_parallel(shard, {16, request})) {
        if (answer.status == 200) {
            ++successes;
            access = tokens_of(answer).access;
        } else {
            EXPECT_EQ(answer.status, 400) << answer.body;
            const std::string error = json_string(answer.body, "error");
            EXPECT_TRUE(error == "slow_down" || error == "invalid_grant") << error;
        }
    }
    EXPECT_EQ(successes, 1u);
    EXPECT_EQ(co_await is_active(shard, access), 1);
    co_await io::Sleep(shard, seconds{120});
    const HttpAnswer late = co_await ask_once(shard, request);
    EXPECT_EQ(json_string(late.body, "error"), "invalid_grant");
}

TEST(SimulatedDeviceGrant, ADeviceCodeIsUsedOnceHoweverManyPollAtOnce) {
    run_story(FaultRates::harmless(), poll_in_parallel);
}

io::Task<void> decide_in_parallel(io::Shard& shard) {
    const DeviceCodes codes = co_await get_device_codes(shard);
    const auto answers = co_await decide_device(
        shard, codes.user_code, {"allow", "deny", "allow", "deny", "allow", "deny"});
    bool allowed = false;
    unsigned decisions = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (answers[i].status != 200) continue;
        ++decisions;
        allowed = i % 2 == 0;
    }
    EXPECT_EQ(decisions, 1u);
    const HttpAnswer polled = co_await ask_once(shard, device_poll_request(codes.device_code));
    EXPECT_EQ(polled.status, allowed ? 200 : 400) << polled.body;
    if (!allowed) EXPECT_EQ(json_string(polled.body, "error"), "access_denied");
}

TEST(SimulatedDeviceGrant, TheFirstDecisionStands) {
    run_story(FaultRates::harmless(), decide_in_parallel);
}

}  // namespace
}  // namespace sluice::simulation
