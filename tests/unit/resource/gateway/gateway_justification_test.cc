// The ladder at the gateway: delayed, asked for a reason, refused, let off; each tool in its mode.
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/unit/resource/gateway/gateway_support.h"

namespace sluice::resource {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view said = R"(,"_meta":{"sluice/justification":" to tidy up "})";

void add_friction(World& world, double adjustment_rate, auto change) {
    friction::RawFrictionConfig raw;
    raw.warmup_calls = 0;
    raw.adjustment_rate = adjustment_rate;
    raw.time_decay_rate = 0.01;
    raw.require_justification = true;
    raw.tools.push_back({.name = "delete_note", .target_rate = 0.03});
    change(raw);
    world.settings.resources[0].friction =
        std::make_shared<const friction::FrictionConfig>(friction::validate(raw).value());
}
void add_friction(World& world, double adjustment_rate = 0.3) {
    add_friction(world, adjustment_rate, [](friction::RawFrictionConfig&) {});
}

std::string call(std::string_view tool, std::string_view more = "", std::string_view id = "1") {
    return rpc("tools/call", fmt::format(R"({{"name":"{}","arguments":{{}}{}}})", tool, more), id);
}
Ask of_writer(std::string body, Fields fields = {}) {
    return {.body = std::move(body), .fields = std::move(fields), .token = "writer"};
}

/// A member of the tool result's _meta as JSON; empty where the call passed.
std::string meta(const Answer& answer, std::string_view member) {
    const auto document = JsonDocument::parse(answer.body);
    const auto result = document ? document->root().find("result") : std::nullopt;
    const auto found = result ? result->find("_meta") : std::nullopt;
    const auto value = found ? found->find(member) : std::nullopt;
    std::string text;
    if (value) value->append_to(text);
    return text;
}

/// Asks until the tool is held back, at most 50 times; the last answer.
io::Task<Answer> until_held(World& world, io::Shard& shard, Ask ask) {
    Answer answer = co_await world.ask(shard, ask);
    for (int i = 0; i < 50 && meta(answer, "level").empty(); ++i) {
        answer = co_await world.ask(shard, ask);
    }
    co_return answer;
}

TEST(GatewayJustification, IsAskedForAtHighAndSaysWhereItGoes) {
    World world;
    add_friction(world);
    world.play([&](io::Shard& shard) -> io::Task<void> {
        const Answer asked =
            co_await until_held(world, shard, of_writer(call("delete_note", "", "\"x\"")));
        EXPECT_EQ(asked.status, 200);
        EXPECT_TRUE(has(asked.body, "\"isError\":true"));
        EXPECT_TRUE(has(asked.body, "\"id\":\"x\""));
        EXPECT_EQ(meta(asked, "level"), "\"HIGH\"");
        EXPECT_EQ(meta(asked, "justification_required"), "true");
        EXPECT_EQ(meta(asked, "justification_key"), "\"sluice/justification\"");
        EXPECT_EQ(meta(asked, "justification_header"), "\"Sluice-Justification\"");
        EXPECT_EQ(meta(asked, "retry_after_seconds"), "");
        EXPECT_TRUE(has(asked.body, "a reason is needed"));
        EXPECT_EQ(world.report.friction.back(), "pub alice delete_note allowed acted");
        const std::size_t passed = world.upstream.seen.size();
        co_await world.ask(shard, of_writer(call("delete_note")));
        EXPECT_EQ(world.upstream.seen.size(), passed) << "it was not run";
    });
}

TEST(GatewayJustification, OpensTheToolAndIsReported) {
    World world;
    add_friction(world);
    world.play([&](io::Shard& shard) -> io::Task<void> {
        co_await until_held(world, shard, of_writer(call("delete_note")));
        const std::string body = call("delete_note", said);
        EXPECT_EQ(meta(co_await world.ask(shard, of_writer(body)), "level"), "");
        EXPECT_EQ(world.upstream.seen.back().body, body) << "the message passes as it was written";
        EXPECT_EQ(world.report.justifications.back(), "to tidy up");
        world.report.justifications.clear();
        EXPECT_NE(meta(co_await world.ask(shard, of_writer(call("delete_note"))), "level"), "")
            << "one reason is for one call";
        EXPECT_EQ(world.report.justifications.back(), "");
    });
}

TEST(GatewayJustification, MayStandInAFieldWhichEndsHere) {
    World world;
    add_friction(world, 0.2);
    world.play([&](io::Shard& shard) -> io::Task<void> {
        co_await until_held(world, shard, of_writer(call("delete_note")));
        const Fields plain{{"Sluice-Justification", "spring cleaning"}};
        const Answer passed = co_await world.ask(shard, of_writer(call("delete_note"), plain));
        EXPECT_EQ(meta(passed, "level"), "");
        EXPECT_EQ(world.report.justifications.back(), "spring cleaning");
        EXPECT_FALSE(has(world.upstream.seen.back().fields, "justification"));
        const Fields coded{{"Sluice-Justification", "=?base64?ZsO8ciBBbm5h?="}};
        co_await world.ask(shard, of_writer(call("delete_note"), coded));
        EXPECT_EQ(world.report.justifications.back(), "f\xc3\xbcr Anna");
        co_await world.ask(shard, of_writer(call("delete_note", said), plain));
        EXPECT_EQ(world.report.justifications.back(), "to tidy up") << "_meta wins";
        const Fields blank{{"Sluice-Justification", "=?base64?ICA=?="}};
        EXPECT_NE(meta(co_await world.ask(shard, of_writer(call("delete_note"), blank)), "level"),
                  "");
    });
}

TEST(GatewayJustification, DoesNotOpenABlockWhichEndsWhenItSays) {
    World world;
    add_friction(world, 1.0);
    world.play([&](io::Shard& shard) -> io::Task<void> {
        const Ask ask = of_writer(call("delete_note", said));
        const Answer refused = co_await until_held(world, shard, ask);
        EXPECT_EQ(meta(refused, "level"), "\"BLOCKED\"");
        const int wait = std::stoi(meta(refused, "retry_after_seconds"));
        EXPECT_GT(wait, 1);
        co_await io::Sleep(shard, seconds{wait - 2});
        EXPECT_EQ(meta(co_await world.ask(shard, ask), "level"), "\"BLOCKED\"");
        co_await io::Sleep(shard, seconds{2});
        EXPECT_EQ(meta(co_await world.ask(shard, ask), "level"), "") << "it passes now";
    });
}

TEST(GatewayLadder, EachToolOfABatchHasItsOwnMode) {
    World world;
    add_friction(world, 1.0, [](friction::RawFrictionConfig& raw) {
        raw.require_justification = false;
        raw.max_delay_seconds = 2;
        raw.tools[0].target_rate = 0;
        raw.tools.push_back(
            {.name = "create_note", .target_rate = 0, .mode = friction::Mode::delay});
        raw.tools.push_back(
            {.name = "update_note", .target_rate = 0, .mode = friction::Mode::observe});
    });
    const std::string batch = "[" + call("delete_note", "", "1") + "," +
                              call("create_note", "", "2") + "," + call("update_note", "", "3") +
                              "]";
    world.play([&](io::Shard& shard) -> io::Task<void> {
        for (int i = 0; i < 20; ++i) co_await world.ask(shard, of_writer(batch));
        const Duration before = world.sim().elapsed();
        const Answer answer = co_await world.ask(shard, of_writer(batch));
        EXPECT_GT(world.sim().elapsed() - before, milliseconds{1500});
        EXPECT_LT(world.sim().elapsed() - before, milliseconds{2500});
        const std::string& passed = world.upstream.seen.back().body;
        EXPECT_FALSE(has(passed, "delete_note"));
        EXPECT_TRUE(has(passed, "create_note"));
        EXPECT_TRUE(has(passed, "update_note"));
        EXPECT_TRUE(has(answer.body, "\\\"delete_note\\\" was not run"));
    });
}

TEST(GatewayLadder, ASecondClientIsUnaffected) {
    World world;
    add_friction(world);
    world.play([&](io::Shard& shard) -> io::Task<void> {
        co_await until_held(world, shard, of_writer(call("delete_note")));
        Ask other = of_writer(call("delete_note"));
        other.token = "second";
        EXPECT_EQ(meta(co_await world.ask(shard, other), "level"), "");
        EXPECT_NE(meta(co_await world.ask(shard, of_writer(call("delete_note"))), "level"), "");
    });
}

}  // namespace
}  // namespace sluice::resource
