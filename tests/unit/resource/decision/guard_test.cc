// Friction for verified callers, and what a held-back call says.
#include "resource/decision/guard.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/json.h"
#include "resource/decision/friction_result.h"
#include "tests/unit/resource/support.h"

namespace sluice::resource {
namespace {

std::shared_ptr<const friction::FrictionConfig> strict_on_delete() {
    friction::RawFrictionConfig raw;
    raw.warmup_calls = 0;
    raw.adjustment_rate = 1.0;
    raw.tools.push_back({.name = "delete_note", .target_rate = 0.03});
    return std::make_shared<const friction::FrictionConfig>(friction::validate(raw).value());
}

Settings settings_with_friction() {
    Settings settings;
    settings.resources.push_back(notes());
    settings.resources.back().friction = strict_on_delete();
    return settings;
}

constexpr std::string_view issuer = "https://box.example";

TEST(CallerKey, IsTheSameForEveryTokenOfOneCallerAtOneClient) {
    token::TokenInfo first = token_of_alice("mcp:read");
    token::TokenInfo second = token_of_alice("mcp:read mcp:write");
    second.expires_at = 1;
    second.token_id = "other";
    EXPECT_EQ(CallerKey::of(issuer, first), CallerKey::of(issuer, second));
}

TEST(CallerKey, DiffersByIssuerClientAndSubject) {
    const token::TokenInfo alice = token_of_alice("mcp:read");
    token::TokenInfo other_client = alice;
    other_client.client_id = "pub2";
    token::TokenInfo other_subject = alice;
    other_subject.subject = "bob";
    token::TokenInfo shifted = alice;  // the same letters, cut in another place
    shifted.client_id = "puba";
    shifted.subject = "lice";
    for (const token::TokenInfo& other : {other_client, other_subject, shifted}) {
        EXPECT_FALSE(CallerKey::of(issuer, alice) == CallerKey::of(issuer, other));
    }
    EXPECT_FALSE(CallerKey::of(issuer, alice) == CallerKey::of("https://other", alice));
}

TEST(CallerKey, HasOneOwnerAmongTheShards) {
    const CallerKey key = CallerKey::of(issuer, token_of_alice("mcp:read"));
    EXPECT_EQ(key.owner(1), 0U);
    EXPECT_EQ(key.owner(4), key.owner(4));
    EXPECT_LT(key.owner(3), 3U);
}

TEST(CallerKey, SpreadsCallersOverTheShards) {
    constexpr unsigned shards = 4;
    constexpr int callers = 1000;
    std::array<int, shards> owned{};
    for (int i = 0; i < callers; ++i) {
        const CallerKey caller = CallerKey::of(issuer, "pub", "user-" + std::to_string(i));
        ++owned.at(caller.owner(shards));
        EXPECT_EQ(caller.owner(shards), CallerKey::from_text(caller.text())->owner(shards));
        EXPECT_EQ(caller.owner(1), 0U);
    }
    for (const int share : owned) EXPECT_NEAR(share, callers / shards, 100);
}

TEST(Guard, HoldsBackACallerWhoOverusesAToolAndNobodyElse) {
    const Settings settings = settings_with_friction();
    SeededRandom random(1);
    Guard guard(settings, random);
    const friction::ToolId tool = settings.resources[0].friction->tool("delete_note");
    const CallerKey alice = CallerKey::of(issuer, token_of_alice("mcp:read"));
    token::TokenInfo bob_token = token_of_alice("mcp:read");
    bob_token.subject = "bob";
    const CallerKey bob = CallerKey::of(issuer, bob_token);

    const MonotonicTime now{std::chrono::hours(1)};
    bool refused = false;
    for (int i = 0; i < 50 && !refused; ++i) refused = !guard.admit(0, alice, tool, now).forward;
    EXPECT_TRUE(refused);
    EXPECT_TRUE(guard.admit(0, bob, tool, now).forward);
}

TEST(Guard, OtherToolsCountForTheFractionsAndAreNeverHeldBack) {
    const Settings settings = settings_with_friction();
    SeededRandom random(1);
    Guard guard(settings, random);
    const friction::ToolId other = settings.resources[0].friction->tool("read_note");
    const CallerKey alice = CallerKey::of(issuer, token_of_alice("mcp:read"));
    for (int i = 0; i < 200; ++i) {
        EXPECT_TRUE(guard.admit(0, alice, other, MonotonicTime{}).forward);
    }
    const friction::ToolId tool = settings.resources[0].friction->tool("delete_note");
    EXPECT_TRUE(guard.admit(0, alice, tool, MonotonicTime{}).forward);
    EXPECT_LT(guard.admit(0, alice, tool, MonotonicTime{}).decision.current_rate, 0.1);
}

Decision refused(const friction::Decision& met) {
    return {.outcome = Decision::Outcome::refuse_friction, .has_friction = true, .friction = met};
}

TEST(FrictionAnswer, IsAToolResultThatAModelUnderstands) {
    friction::Decision decision;
    decision.allowed = false;
    decision.level = friction::Level::blocked;
    decision.reason = friction::Reason::blocked;
    decision.friction = 0.97;
    decision.retry_after_seconds = 42;
    std::string out;
    append_friction_answer(out, "7", "delete\"note", refused(decision), Era::sessions);
    const auto document = JsonDocument::parse(out);
    ASSERT_TRUE(document.has_value()) << out;
    const JsonValue root = document->root();
    EXPECT_EQ(root.find("id")->integer(), 7);
    const JsonValue result = *root.find("result");
    EXPECT_EQ(result.find("isError")->boolean(), true);
    EXPECT_FALSE(result.find("resultType"));
    const JsonValue content = result.find("content")->elements().at(0);
    EXPECT_EQ(content.find_string("type"), "text");
    EXPECT_NE(content.find_string("text")->find("42 seconds"), std::string_view::npos);
    EXPECT_NE(content.find_string("text")->find("delete\"note"), std::string_view::npos);
    EXPECT_TRUE(has(*content.find_string("text"), "Do not call it again before 42 seconds"));
    EXPECT_TRUE(has(*content.find_string("text"), "meanwhile may make the wait longer"));
    const JsonValue meta = *result.find("_meta");
    EXPECT_EQ(meta.find_string("level"), "BLOCKED");
    EXPECT_EQ(meta.find("friction")->number(), 0.97);
    EXPECT_EQ(meta.find("retry_after_seconds")->integer(), 42);
}

TEST(FrictionAnswer, PromisesNothingWhereWaitingDoesNotHelp) {
    friction::Decision decision;
    decision.reason = friction::Reason::insufficient_budget;
    decision.waiting_helps = false;
    decision.retry_after_seconds = 60;
    std::string out;
    append_friction_answer(out, "7", "x", refused(decision), Era::stateless);
    EXPECT_EQ(out.find("60 seconds"), std::string::npos);
    EXPECT_EQ(out.find("meanwhile"), std::string::npos);
    EXPECT_NE(out.find(R"("resultType":"complete")"), std::string::npos);
}

}  // namespace
}  // namespace sluice::resource
