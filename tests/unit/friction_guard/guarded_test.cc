#include "friction/guarded.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/friction/support.h"

namespace sluice::friction {
namespace {

using namespace std::chrono_literals;

/// A target of 0.5, gain 0.1: a client that does nothing else gains 0.05 a call, and the twentieth
/// call meets 0.95. A tenth of friction goes in a second.
RawFrictionConfig decaying_config() {
    RawFrictionConfig raw = plain_config();
    raw.time_decay_rate = 0.1;
    return raw;
}

class Server : public GuardListener {
public:
    explicit Server(RawFrictionConfig raw)
        : guard(valid(raw), {.clock = &clock,
                             .wait = [this](Duration delay) { waited.push_back(delay); },
                             .listener = this}),
          write(friction_controlled(guard, "write", Write{&written})) {}

    void on_decision(const Caller& caller, std::string_view tool, const Admission&) override {
        told.push_back(std::string(caller.client) + " " + std::string(tool));
    }
    void on_saturation(const Caller& caller, const SaturationEvent& event) override {
        saturated.push_back(std::string(caller.client));
        EXPECT_EQ(event.tool, guard.config().tool("write"));
    }

    struct Write {
        std::vector<std::string>* to;
        std::size_t operator()(std::string text) const {
            to->push_back(std::move(text));
            return to->size();
        }
    };

    ManualClock clock;
    std::vector<std::string> written;
    std::vector<std::string> told;
    std::vector<std::string> saturated;
    std::vector<Duration> waited;
    ToolGuard guard;
    FrictionControlled<Write> write;
};

Refusal call_until_refused(Server& server, Caller caller) {
    for (int calls = 0; calls < 1000; ++calls) {
        if (auto done = server.write(caller, "x"); !done) return done.error();
    }
    ADD_FAILURE() << "never refused";
    return {};
}

TEST(FrictionControlled, RunsTheToolAndGivesItsResult) {
    Server server(plain_config());
    EXPECT_EQ(server.write("ann", "first").value(), 1U);
    EXPECT_EQ(server.write(std::string("ann"), "second").value(), 2U);
    EXPECT_EQ(server.written, (std::vector<std::string>{"first", "second"}));
    EXPECT_EQ(server.told, (std::vector<std::string>{"ann write", "ann write"}));
    EXPECT_TRUE(server.waited.empty());
}

TEST(FrictionControlled, ARefusalRunsNothingAndTellsWhenToComeBack) {
    Server server(decaying_config());
    const Refusal refusal = call_until_refused(server, "ann");
    EXPECT_EQ(server.written.size(), 19U);
    EXPECT_EQ(refusal.tool, "write");
    EXPECT_EQ(refusal.level(), Level::blocked);
    EXPECT_NEAR(refusal.friction(), 0.95, 1e-9);
    EXPECT_EQ(refusal.retry_after(), 1s);
    EXPECT_FALSE(refusal.asks_reason);
    EXPECT_EQ(refusal.message(), "Blocked: friction 0.95 >= threshold 0.95");
    EXPECT_TRUE(server.write("bob", "y")) << "another client's own";
}

TEST(FrictionControlled, WaitingItOutLetsTheSameCallPass) {
    Server server(decaying_config());
    const Refusal refusal = call_until_refused(server, "ann");
    EXPECT_FALSE(server.write("ann", "too soon"));
    server.clock.advance(refusal.retry_after());
    EXPECT_TRUE(server.write("ann", "in time"));
}

TEST(FrictionControlled, AReasonThatIsAskedForLetsTheCallPass) {
    RawFrictionConfig raw = plain_config();
    raw.require_justification = true;
    Server server(raw);
    const Refusal refusal = call_until_refused(server, "ann");
    EXPECT_TRUE(refusal.asks_reason);
    EXPECT_EQ(refusal.level(), Level::high);
    EXPECT_EQ(refusal.retry_after(), 0s);
    EXPECT_TRUE(server.write({"ann", "the user asked for it"}, "z"));
}

TEST(FrictionControlled, InModeDelayACallWaitsAsLongAsFrictionSays) {
    RawFrictionConfig raw = plain_config();
    raw.mode = Mode::delay;
    raw.max_delay_seconds = 2;
    Server server(raw);
    for (int call = 0; call < 3; ++call) ASSERT_TRUE(server.write("ann", "x"));
    ASSERT_EQ(server.waited.size(), 2U) << "the first meets no friction";
    EXPECT_NEAR(std::chrono::duration<double>(server.waited[0]).count(), 2 * 0.05, 1e-6);
    EXPECT_NEAR(std::chrono::duration<double>(server.waited[1]).count(), 2 * 0.10, 1e-6);
}

TEST(FrictionControlled, AToolThatThrowsHasBeenCounted) {
    Server server(plain_config());
    const auto fails = friction_controlled(server.guard, "write",
                                           [](int) -> int { throw std::runtime_error("disk"); });
    EXPECT_THROW((void)fails("ann", 1), std::runtime_error);
    EXPECT_EQ(server.guard.status("ann")->tools[0].window_rate, 1);
}

TEST(FrictionControlled, AToolWithoutResultGivesAnEmptyExpected) {
    Server server(plain_config());
    int runs = 0;
    const auto run = friction_controlled(server.guard, "write", [&runs] { ++runs; });
    const std::expected<void, Refusal> done = run("ann");
    EXPECT_TRUE(done);
    EXPECT_EQ(runs, 1);
}

TEST(RecordToolCall, CountsForTheSharesOfTheOthersAndNeverRefuses) {
    Server server(plain_config());
    const auto read = record_tool_call(server.guard, "read", [](int id) { return id + 1; });
    for (int round = 0; round < 100; ++round) {
        ASSERT_TRUE(server.write("ann", "x"));
        EXPECT_EQ(read("ann", 1), 2);
    }
    EXPECT_EQ(server.guard.status("ann")->tools[0].window_rate, 0.5);
    EXPECT_EQ(server.guard.check("ann", "read").current_rate, 0.5);
}

TEST(ToolGuard, CheckingChangesNothing) {
    Server server(plain_config());
    for (int call = 0; call < 100; ++call) EXPECT_TRUE(server.guard.check("ann", "write").allowed);
    EXPECT_EQ(server.guard.clients(), 0U);
    EXPECT_FALSE(server.guard.status("ann"));
}

TEST(ToolGuard, AForgivenClientStartsAfresh) {
    Server server(plain_config());
    call_until_refused(server, "ann");
    EXPECT_TRUE(server.guard.forget("ann"));
    EXPECT_FALSE(server.guard.forget("ann"));
    EXPECT_EQ(server.guard.check("ann", "write").friction, 0);
}

TEST(ToolGuard, ABudgetIsGivenAnew) {
    RawFrictionConfig raw = plain_config();
    raw.default_budget = 1;
    Server server(raw);
    ASSERT_TRUE(server.write("ann", "x"));
    const auto refused = server.write("ann", "y");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().decision.reason, Reason::insufficient_budget);
    EXPECT_FALSE(server.guard.reset_budget("bob"));
    EXPECT_TRUE(server.guard.reset_budget("ann"));
    EXPECT_EQ(server.guard.status("ann")->budget, 1);
}

TEST(ToolGuard, TellsOfATargetThatGivesWayOnce) {
    RawFrictionConfig raw = plain_config();
    raw.mode = Mode::observe;
    raw.saturation_window = 2;
    Server server(raw);
    for (int call = 0; call < 60; ++call) ASSERT_TRUE(server.write("ann", "x"));
    EXPECT_EQ(server.saturated, std::vector<std::string>{"ann"});
}

TEST(ToolGuard, ThreadsCountEveryCallOnce) {
    RawFrictionConfig raw = plain_config();
    raw.default_budget = 1000;
    raw.tools[0].max_cost = 1;
    raw.tools[0].target_rate = 1;
    ToolGuard guard(valid(raw));
    std::atomic<int> runs = 0;
    const auto write = friction_controlled(guard, "write", [&runs] { ++runs; });
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&write] {
            for (int call = 0; call < 500; ++call) (void)write("ann");
        });
    }
    threads.clear();
    EXPECT_EQ(runs, 1000) << "as many as the budget pays for, whoever makes them";
    EXPECT_EQ(guard.status("ann")->budget, 0);
}

}  // namespace
}  // namespace sluice::friction
