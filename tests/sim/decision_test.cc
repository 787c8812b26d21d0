// The decision API over whole shards: one decision function, whichever shard is asked.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/sim/decision_world.h"

namespace sluice::decision_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

friction::RawFrictionConfig steep() {
    friction::RawFrictionConfig raw;
    raw.warmup_calls = 0;
    raw.adjustment_rate = 0.5;
    raw.time_decay_rate = 0.01;
    raw.tools.push_back({.name = "delete_note", .target_rate = 0.03});
    raw.tools.push_back({.name = "update_note", .target_rate = 0.1});
    raw.tools.push_back({.name = "read_note", .target_rate = 1.0});
    return raw;
}

std::string question(std::string_view token, std::string_view tool) {
    return fmt::format(R"({{"token":"{}","resource":"/mcp","tool":"{}"}})", token, tool);
}
std::string question_of(std::string_view client, std::string_view tool) {
    return fmt::format(R"({{"client_id":"{}","resource":"/mcp","tool":"{}"}})", client, tool);
}

/// A member of the answer's `friction`.
std::string met(const Answer& answer, std::string_view member) {
    const auto document = JsonDocument::parse(answer.body());
    const auto friction = document ? document->root().find("friction") : std::nullopt;
    const auto value = friction ? friction->find(member) : std::nullopt;
    if (!value) return {};
    std::string text;
    value->append_to(text);
    return text;
}

class Decisions : public testing::TestWithParam<unsigned> {
protected:
    DecisionWorld world{steep(), GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Shards, Decisions, testing::Values(1U, 3U));

TEST_P(Decisions, AGoodTokenIsAllowedAndToldApart) {
    const std::string token = world.token();
    for (unsigned shard = 0; shard < world.shard_count(); ++shard) {
        const Answer answer = world.decide(question(token, "update_note"), shard);
        EXPECT_EQ(answer.status(), 200);
        EXPECT_EQ(answer.json("allowed"), "true") << answer.body();
        EXPECT_EQ(answer.json("status"), "200");
        EXPECT_EQ(answer.json("reason"), "allowed");
        EXPECT_EQ(answer.json("client_id"), "conf");
        EXPECT_EQ(answer.json("subject"), "conf");
        EXPECT_EQ(answer.json("scope"), "mcp:read mcp:write");
        EXPECT_EQ(answer.json("delay_ms"), "0");
        EXPECT_EQ(answer.json("challenge"), "");
        EXPECT_EQ(met(answer, "target_rate"), "0.1");
        EXPECT_EQ(answer.field("Cache-Control"), "no-store");
    }
    EXPECT_EQ(world.report.friction.size(), world.shard_count());
    EXPECT_TRUE(world.report.refusals.empty());
}

TEST_P(Decisions, CountsACallerOnceWhereverItIsAskedAbout) {
    const std::string token = world.token();
    std::string last;
    for (int i = 0; i < 6; ++i) {
        const auto shard = static_cast<unsigned>(i) % world.shard_count();
        const Answer answer = world.decide(question(token, "delete_note"), shard);
        const std::string value = met(answer, "value");
        EXPECT_NE(value, last) << "the call before was counted elsewhere";
        last = value;
    }
}

TEST_P(Decisions, WhatATokenLacksIsChallenged) {
    const std::string token = world.token("mcp:read");
    const Answer lacks = world.decide(question(token, "delete_note"));
    EXPECT_EQ(lacks.status(), 200);
    EXPECT_EQ(lacks.json("allowed"), "false");
    EXPECT_EQ(lacks.json("status"), "403");
    EXPECT_EQ(lacks.json("reason"), "insufficient_scope");
    EXPECT_TRUE(lacks.json("challenge").contains("scope=\"mcp:read mcp:write\"")) << lacks.body();
    EXPECT_EQ(met(lacks, "level"), "") << "friction was not asked";
    EXPECT_TRUE(world.report.friction.empty());
    EXPECT_EQ(world.report.refusals, std::vector<std::string>{"insufficient_scope"});
    EXPECT_EQ(world.decide(question(token, "update_note")).json("allowed"), "true");
}

TEST_P(Decisions, WithoutAGoodTokenTheChallengeIsWhatToSend) {
    const Answer without = world.decide(R"({"tool":"update_note"})");
    EXPECT_EQ(without.json("status"), "401");
    EXPECT_EQ(without.json("reason"), "unauthorized");
    EXPECT_TRUE(without.json("challenge").starts_with("Bearer resource_metadata="));
    const Answer bad = world.decide(question("no token of ours", "update_note"));
    EXPECT_EQ(bad.json("status"), "401");
    EXPECT_EQ(bad.json("reason"), "invalid_token");
    EXPECT_TRUE(bad.json("challenge").contains("error=\"invalid_token\""));
    EXPECT_EQ(bad.json("client_id"), "");
}

TEST_P(Decisions, ARefusalEndsWhenItSays) {
    const std::string token = world.token();
    Answer answer = world.decide(question(token, "delete_note"));
    for (int i = 0; i < 20 && answer.json("allowed") == "true"; ++i) {
        answer = world.decide(question(token, "delete_note"));
    }
    ASSERT_EQ(answer.json("status"), "429");
    EXPECT_EQ(answer.json("reason"), "blocked");
    EXPECT_EQ(met(answer, "level"), "\"BLOCKED\"");
    EXPECT_EQ(met(answer, "waiting_helps"), "true");
    const int wait = std::stoi(answer.json("retry_after_seconds"));
    ASSERT_GT(wait, 1);
    EXPECT_TRUE(answer.json("message").contains(fmt::format("before {} seconds", wait)));
    EXPECT_EQ(world.decide(question_of("another", "delete_note")).json("allowed"), "true");
    world.advance(seconds{wait - 2});
    EXPECT_EQ(world.decide(question(token, "delete_note")).json("allowed"), "false");
    world.advance(seconds{2});
    EXPECT_EQ(world.decide(question(token, "delete_note")).json("allowed"), "true");
}

TEST_P(Decisions, AskedByClientAndSubjectTheSameFrictionCounts) {
    const std::string token = world.token();
    for (int i = 0; i < 3; ++i) world.decide(question(token, "delete_note"));
    const Answer by_token = world.decide(question(token, "delete_note"));
    world.forgive("conf");
    for (int i = 0; i < 3; ++i) world.decide(question_of("conf", "delete_note"));
    const Answer by_name = world.decide(question_of("conf", "delete_note"));
    EXPECT_EQ(met(by_token, "level"), met(by_name, "level"));
    EXPECT_NE(met(by_name, "value"), "0");
}

TEST_P(Decisions, AClientIsShownAndForgiven) {
    EXPECT_EQ(world.show("bob").status(), 404);
    for (int i = 0; i < 4; ++i) world.decide(question_of("bob", "delete_note"));
    const Answer shown = world.show("bob");
    ASSERT_EQ(shown.status(), 200) << shown.body();
    EXPECT_TRUE(shown.body().contains(R"("delete_note":{"level":"MEDIUM")")) << shown.body();
    EXPECT_TRUE(shown.body().contains(R"("resource":"https://rs.example/mcp")"));
    EXPECT_EQ(world.show("bob", "?subject=somebody").status(), 404);
    EXPECT_EQ(world.show("bob", "?resource=%2Fmcp").status(), 200);
    EXPECT_EQ(world.show("", "?client_id=bob").status(), 200);
    EXPECT_EQ(world.show("bob", "?resource=%2Fother").error(), "unknown_resource");
    EXPECT_TRUE(world.forgive("bob").body().contains("https://rs.example/mcp"));
    EXPECT_EQ(world.report.forgiven, std::vector<std::string>{"bob"});
    EXPECT_EQ(world.show("bob").status(), 404);
    EXPECT_TRUE(world.forgive("bob").body().contains(R"("resources":[])"));
    EXPECT_EQ(met(world.decide(question_of("bob", "delete_note")), "value"), "0");
}

TEST_P(Decisions, ARecordedCallCountsWhateverFrictionSays) {
    for (int i = 0; i < 10; ++i) {
        const Answer answer = world.record(question_of("bob", "delete_note"));
        EXPECT_EQ(answer.json("recorded"), "true") << answer.body();
    }
    EXPECT_EQ(met(world.record(question_of("bob", "delete_note")), "value"), "1");
    EXPECT_EQ(world.decide(question_of("bob", "delete_note")).json("status"), "429");
    EXPECT_EQ(world.record(R"({"tool":"x"})").json("recorded"), "false");
}

TEST_P(Decisions, ABatchIsAnsweredInItsOrderEachForItself) {
    const std::string list = fmt::format(
        R"([{},{{"tool":"x"}},{{"tool":7}},{{"client_id":"bob","tool":"x","resource":"/q"}}])",
        question_of("bob", "update_note"));
    const Answer array = world.decide(list);
    ASSERT_EQ(array.status(), 200);
    const auto document = JsonDocument::parse(array.body());
    ASSERT_TRUE(document.has_value()) << array.body();
    const auto answers = document->root().elements();
    ASSERT_EQ(answers.size(), 4U);
    EXPECT_EQ(answers[0].find("allowed")->boolean(), true);
    EXPECT_EQ(answers[1].find("status")->integer(), 401);
    EXPECT_EQ(answers[2].find_string("reason"), "invalid_request");
    EXPECT_EQ(answers[3].find_string("reason"), "unknown_resource");

    const Answer object = world.decide("{\"decisions\":" + list + "}");
    const auto wrapped = JsonDocument::parse(object.body());
    ASSERT_TRUE(wrapped && wrapped->root().find("decisions")) << object.body();
    EXPECT_EQ(wrapped->root().find("decisions")->elements().size(), 4U);
    EXPECT_EQ(world.decide("[]").body(), "[]");
}

TEST_P(Decisions, ABatchHasABound) {
    const auto batch = [](int size) {
        std::string list = "[";
        for (int i = 0; i < size; ++i) list += (i > 0 ? "," : "") + question_of("bob", "x");
        return list + "]";
    };
    EXPECT_EQ(world.decide(batch(100)).status(), 200);
    EXPECT_EQ(world.decide(batch(101)).status(), 400);
    EXPECT_EQ(world.decide(batch(101)).error(), "invalid_request");
}

TEST_P(Decisions, WhatIsNoQuestionIsRefused) {
    for (const char* text :
         {"", "{", "7", "\"x\"", "{}", R"({"tool":""})", R"({"tool":1})", R"({"tool":"a\u0000b"})",
          R"({"tool":"x","token":"a","client_id":"b"})", R"({"tool":"x","subject":"b"})",
          R"({"tool":"x","scope":"b"})", R"({"tool":"x","tool":"y"})", R"({"decisions":{}})"}) {
        const Answer answer = world.decide(text);
        EXPECT_EQ(answer.status(), 400) << text << answer.body();
        EXPECT_EQ(answer.error(), "invalid_request") << text;
    }
    EXPECT_EQ(world.decide(fmt::format(R"({{"tool":"{:x<257}"}})", "")).status(), 400);
    EXPECT_EQ(world.decide(fmt::format(R"({{"tool":"{:x<256}"}})", "")).status(), 200);
    EXPECT_EQ(world.decide(R"({"tool":"x","resource":"/other"})").error(), "unknown_resource");
    const Answer more =
        world.decide(R"({"client_id":"b","tool":"x","later":{"y":[1]},"scope":null})");
    EXPECT_EQ(more.json("allowed"), "true") << more.body();
}

TEST_P(Decisions, TheResourceMayBeNamedByPathOrIdentifierOrNotAtAll) {
    for (const char* name : {R"("resource":"/mcp",)", R"("resource":"https://rs.example/mcp",)",
                             R"("resource":"https://RS.example:443/mcp/",)", ""}) {
        const Answer answer =
            world.decide(fmt::format(R"({{{}"client_id":"b","tool":"x"}})", name));
        EXPECT_EQ(answer.json("allowed"), "true") << name << answer.body();
    }
}

TEST_P(Decisions, OnlyAResourceServerMayAsk) {
    const auto ask = [&](std::string_view proof) {
        Sent sent = oauth_test::json_post("/v1/decision", question_of("b", "x"));
        if (!proof.empty()) sent.field("Authorization", proof);
        return world.call(&decision_door, sent);
    };
    EXPECT_EQ(ask("").status(), 401);
    EXPECT_EQ(ask(oauth_test::basic("rs", "wrong")).status(), 401);
    EXPECT_EQ(ask(oauth_test::basic("conf", oauth_test::conf_secret)).status(), 403);
    EXPECT_EQ(ask("Bearer wrong-key-0123456789abcdef01234567").status(), 401);
    EXPECT_EQ(ask("Bearer key-0123456789abcdef0123456789abcdef").status(), 200);
    EXPECT_EQ(ask(proof()).status(), 200);
    EXPECT_EQ(ask("Bearer " + world.token()).status(), 401) << "a client's own token is no proof";
}

TEST_P(Decisions, AScopeThatIsToldIsCheckedAndOneThatIsNotIsNot) {
    const auto ask = [&](std::string_view scope) {
        return world.decide(fmt::format(R"({{"client_id":"b","tool":"delete_note"{}}})", scope));
    };
    EXPECT_EQ(ask("").json("allowed"), "true");
    EXPECT_EQ(ask(R"(,"scope":"mcp:read")").json("status"), "403");
    EXPECT_EQ(ask(R"(,"scope":"")").json("status"), "403");
    EXPECT_EQ(ask(R"(,"scope":"mcp:write mcp:read")").json("allowed"), "true");
}

TEST(DecisionLadder, AsksForAReasonAndKeepsIt) {
    friction::RawFrictionConfig raw = steep();
    raw.adjustment_rate = 0.3;
    raw.require_justification = true;
    DecisionWorld world(raw);
    Answer answer = world.decide(question_of("bob", "delete_note"));
    for (int i = 0; i < 20 && answer.json("allowed") == "true"; ++i) {
        answer = world.decide(question_of("bob", "delete_note"));
    }
    EXPECT_EQ(answer.json("status"), "428");
    EXPECT_EQ(answer.json("reason"), "justification_required");
    EXPECT_TRUE(answer.json("message").contains("sluice/justification"));
    const auto with = [&](std::string_view reason) {
        return world.decide(fmt::format(
            R"({{"client_id":"bob","tool":"delete_note","justification":"{}"}})", reason));
    };
    EXPECT_EQ(with("  \\n ").json("status"), "428") << "blanks are no reason";
    const Answer told = with(" the user asked to clear the folder ");
    EXPECT_EQ(told.json("allowed"), "true") << told.body();
    EXPECT_EQ(world.report.friction.back().justification, "the user asked to clear the folder");
    EXPECT_FALSE(world.report.friction.back().acted_on);
    world.forgive("bob");
    with(std::string(511, 'a') + "\u00e4" + "b");
    EXPECT_EQ(world.report.friction.back().justification, std::string(511, 'a'));
}

TEST(DecisionLadder, ModeDelayTellsHowLongToWait) {
    friction::RawFrictionConfig raw = steep();
    raw.mode = friction::Mode::delay;
    raw.max_delay_seconds = 2;
    raw.tools[1].mode = friction::Mode::observe;
    DecisionWorld world(raw);
    for (int i = 0; i < 30; ++i) {
        world.decide(question_of("bob", "delete_note"));
        world.decide(question_of("carol", "update_note"));
    }
    const Answer slow = world.decide(question_of("bob", "delete_note"));
    EXPECT_EQ(slow.json("allowed"), "true");
    EXPECT_NEAR(std::stod(slow.json("delay_ms")), 2000 * std::stod(met(slow, "value")), 0.01);
    EXPECT_GT(std::stod(slow.json("delay_ms")), 1800);
    const Answer watched = world.decide(question_of("carol", "update_note"));
    EXPECT_EQ(watched.json("allowed"), "true");
    EXPECT_EQ(watched.json("delay_ms"), "0");
    EXPECT_EQ(met(watched, "level"), "\"BLOCKED\"");
}

}  // namespace
}  // namespace sluice::decision_test
