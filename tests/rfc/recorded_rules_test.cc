// The recorded answers of the plain rules replay, and the replay notices what is wrong.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "tests/replay/device_vectors.h"
#include "tests/replay/rules.h"

namespace sluice::replay {
namespace {

TEST(RecordedRules, AllReplay) {
    std::ifstream file(SLUICE_SOURCE_DIR "/tests/vectors/rules.json", std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    const Report report = replay_rules(text.str());
    for (const Failure& failure : report.failures) {
        ADD_FAILURE() << failure.rule << " " << failure.input << "\n  expected " << failure.expected
                      << "\n  actual   " << failure.actual;
    }
    EXPECT_GE(report.passed, 189U);
}

TEST(RecordedDeviceGrant, AllReplays) {
    std::ifstream file(SLUICE_SOURCE_DIR "/tests/vectors/device.json", std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    const Report report = replay_device(text.str());
    for (const Failure& failure : report.failures) {
        ADD_FAILURE() << failure.rule << " " << failure.input << "\n  expected " << failure.expected
                      << "\n  actual   " << failure.actual;
    }
    EXPECT_GE(report.passed, 103U);
}

TEST(RecordedDeviceGrant, FailsWhereAnAnswerDiffersOrACaseIsMissing) {
    for (const std::string_view text :
         {R"({"normalize_user_code":[{"value":"a","expect":"B"}]})", R"({"poll":[]})", "[]",
          R"({"no_such_list":[{}]})", R"({"flow":[{"steps":[]}]})", R"({"http":{"slow_down":401}})",
          R"({"constants":{}})"}) {
        EXPECT_EQ(replay_device(text).failures.size(), 1U) << text;
    }
}

TEST(RecordedRules, FailWhereAnAnswerDiffers) {
    const Report right = replay_rules(R"({"validate_client_id":[{"value":"a","expect":true}]})");
    EXPECT_EQ(right.passed, 1U);
    EXPECT_TRUE(right.failures.empty());
    const Report wrong = replay_rules(R"({"validate_client_id":[{"value":"a","expect":false}]})");
    EXPECT_EQ(wrong.passed, 0U);
    EXPECT_EQ(wrong.failures.size(), 1U);
}

TEST(RecordedRules, FailWhereTheRuleTheCasesOrTheAnswerAreMissing) {
    for (const std::string_view text :
         {R"({"no_such_rule":[{"value":"a","expect":true}]})", R"({"validate_client_id":[]})",
          R"({"validate_client_id":[{"value":"a"}]})", "[]", "", "{"}) {
        EXPECT_EQ(replay_rules(text).failures.size(), 1U) << text;
    }
}

}  // namespace
}  // namespace sluice::replay
