// Options' values, the text of JSON members, hidden inputs, arrivals and queues.
#include <gtest/gtest.h>

#include <algorithm>

#include "loadgen/arrivals.h"
#include "loadgen/command_line.h"
#include "loadgen/index_queue.h"
#include "loadgen/scenarios/authorization_flow.h"
#include "loadgen/scenarios/requests.h"
#include "loadgen/scenarios/single_request.h"
#include "loadgen/summary.h"

namespace sluice::loadgen {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Values, DurationsHaveUnits) {
    EXPECT_EQ(parse_duration("250ms"), milliseconds{250});
    EXPECT_EQ(parse_duration("1.5s"), milliseconds{1500});
    EXPECT_EQ(parse_duration("10"), seconds{10});
    EXPECT_EQ(parse_duration("2m"), seconds{120});
    for (const std::string_view wrong : {"", "s", "-1s", "1 s", "1d", "nan", "inf", "1s2"}) {
        EXPECT_FALSE(parse_duration(wrong)) << wrong;
    }
}

TEST(Values, AmountsHaveFactors) {
    EXPECT_EQ(parse_amount("50k"), 50000);
    EXPECT_EQ(parse_amount("1.5M"), 1500000);
    EXPECT_EQ(parse_amount("7"), 7);
    for (const std::string_view wrong : {"", "k", "5x", "-5", "5kk"}) {
        EXPECT_FALSE(parse_amount(wrong)) << wrong;
    }
}

TEST(Values, AMixHasNamesAndWeights) {
    const auto mix = parse_mix("introspect=70,token=20,refresh");
    ASSERT_TRUE(mix.has_value());
    ASSERT_EQ(mix->size(), 3U);
    EXPECT_EQ((*mix)[1].kind, ScenarioKind::token);
    EXPECT_EQ((*mix)[0].weight, 70);
    EXPECT_EQ((*mix)[2].weight, 1);
    for (const std::string_view wrong :
         {"", "introspect=0", "introspect=x", "mix=1", "idle-streams=1", "tokens=1"}) {
        EXPECT_FALSE(parse_mix(wrong)) << wrong;
    }
}

TEST(Values, CoresAreNumbersAndRanges) {
    EXPECT_EQ(parse_cores("0,2-4"), (std::vector<unsigned>{0, 2, 3, 4}));
    for (const std::string_view wrong : {"", "a", "3-1", "1,", "99999"}) {
        EXPECT_FALSE(parse_cores(wrong)) << wrong;
    }
}

TEST(JsonTextMember, FindsAMemberAndNothingThatOnlyLooksLikeOne) {
    constexpr std::string_view name = "access_token";
    EXPECT_EQ(json_text_member(R"({"access_token":"abc","x":1})", name), "abc");
    EXPECT_EQ(json_text_member(R"({ "access_token" : "abc" })", name), "abc");
    EXPECT_EQ(json_text_member(R"({"my_access_token":"no","access_token":"yes"})", name), "yes");
    EXPECT_EQ(json_text_member(R"({"a":"access_token","access_token":"yes"})", name), "yes");
    EXPECT_EQ(json_text_member(R"({"access_token":5})", name), "");
    EXPECT_EQ(json_text_member(R"({"access_token":"a\n"})", name), "");
    EXPECT_EQ(json_text_member(R"({"access_token":"a)", name), "");
    EXPECT_EQ(json_text_member("", name), "");
}

TEST(HiddenInputs, AreEncodedAsTheirFormSendsThem) {
    EXPECT_EQ(hidden_inputs(R"(<form><input type="hidden" name="a" value="1 &amp; 2">)"
                            R"(<input id="x" name="b" value="3">)"
                            R"(<input type="hidden" name="c" value="">)"),
              "a=1+%26+2&c=");
    EXPECT_EQ(hidden_inputs("<p>none</p>"), "");
}

TEST(BasicAuthorization, EncodesItsPartsFirst) {
    EXPECT_EQ(basic_authorization({"id", "secret"}), "Basic aWQ6c2VjcmV0");
    EXPECT_EQ(basic_authorization({"a:b", "c"}), "Basic YSUzQWI6Yw==");
}

TEST(Arrivals, EvenOnesDoNotDrift) {
    const MonotonicTime first{seconds{5}};
    Arrivals arrivals(Arrivals::Kind::even, 3, first, 1);
    EXPECT_EQ(arrivals.due(), first);
    for (int i = 0; i < 3'000'000; ++i) arrivals.advance();
    EXPECT_NEAR(std::chrono::duration<double>(arrivals.due() - first).count(), 1e6, 1e-6);
}

TEST(Arrivals, RandomOnesHaveTheRateAndDiffer) {
    const MonotonicTime first{seconds{5}};
    Arrivals arrivals(Arrivals::Kind::random, 1000, first, 1);
    std::vector<double> gaps;
    for (int i = 0; i < 100'000; ++i) {
        const MonotonicTime before = arrivals.due();
        arrivals.advance();
        gaps.push_back(std::chrono::duration<double>(arrivals.due() - before).count());
    }
    EXPECT_NEAR(std::chrono::duration<double>(arrivals.due() - first).count(), 100, 1.5);
    // Of a Poisson process: a share of 1 - 1/e of the gaps is shorter than the mean.
    const auto shorter = std::ranges::count_if(gaps, [](double gap) { return gap < 0.001; });
    EXPECT_NEAR(static_cast<double>(shorter) / 1e5, 0.632, 0.01);
}

TEST(IndexQueue, HoldsEachIndexOnceInOrder) {
    IndexQueue queue(3);
    queue.push(2);
    queue.push(0);
    queue.push(2);
    EXPECT_EQ(queue.pop(), 2U);
    queue.push(1);
    queue.push(2);
    EXPECT_EQ(queue.pop(), 0U);
    EXPECT_EQ(queue.pop(), 1U);
    EXPECT_EQ(queue.pop(), 2U);
    EXPECT_TRUE(queue.empty());
}

TEST(Readable, HasThreeDigitsAndAUnit) {
    EXPECT_EQ(readable(std::chrono::nanoseconds{1234}), "1.23 us");
    EXPECT_EQ(readable(std::chrono::microseconds{56789}), "56.8 ms");
    EXPECT_EQ(readable(seconds{123}), "123 s");
}

}  // namespace
}  // namespace sluice::loadgen
