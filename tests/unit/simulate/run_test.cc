#include <gtest/gtest.h>

#include <cmath>

#include "base/check.h"
#include "friction/config.h"
#include "simulate/agents.h"
#include "simulate/chart.h"
#include "simulate/recorded.h"
#include "simulate/report.h"
#include "simulate/simulation.h"
#include "simulate/summary.h"

namespace sluice::simulate {
namespace {

/// No smoothing, no warm-up, no decay: a client that only writes (target 0.5) gains 0.1 a call and
/// has 0, 0.1, ... before each; from 0.3 on a reason is asked for, from 0.5 on it is refused.
friction::RawFrictionConfig plain_config() {
    friction::RawFrictionConfig raw;
    raw.window_size = 10;
    raw.ema_alpha = 1;
    raw.adjustment_rate = 0.2;
    raw.dead_zone = 0;
    raw.warmup_calls = 0;
    raw.time_decay_rate = 0;
    raw.max_delay_seconds = 10;
    raw.tools = {{.name = "write",
                  .target_rate = 0.5,
                  .justification_threshold = 0.29,
                  .hard_block_threshold = 0.49}};
    return raw;
}

friction::FrictionConfig valid(const friction::RawFrictionConfig& raw) {
    auto config = friction::validate(raw);
    CHECK(config.has_value());
    return *std::move(config);
}

/// One client that writes every second.
Trace writes(std::size_t count, bool has_reason = false) {
    Trace trace{{"a"}, {"write"}, {}};
    for (std::size_t i = 0; i < count; ++i) {
        trace.calls.push_back({static_cast<double>(i), 0, 0, has_reason});
    }
    return trace;
}

History run_trace(const Trace& trace, const friction::RawFrictionConfig& raw) {
    const friction::FrictionConfig config = valid(raw);
    RecordedWorkload workload(trace);
    return simulate(workload, config);
}

std::vector<Outcome> outcomes(const History& run) {
    std::vector<Outcome> all;
    for (const Step& step : run.steps) all.push_back(step.outcome);
    return all;
}

using enum Outcome;

TEST(Simulate, ModeBlockRefusesFromTheThresholdOn) {
    const History run = run_trace(writes(8), plain_config());
    EXPECT_EQ(outcomes(run), (std::vector<Outcome>{passed, passed, passed, passed, passed, refused,
                                                   refused, refused}));
    EXPECT_NEAR(run.steps[4].friction, 0.4, 1e-9);
    EXPECT_EQ(run.steps[4].level, friction::Level::high);
    EXPECT_EQ(run.steps[5].retry_after_seconds, 60U) << "without decay waiting does not help";
    const Summary summary = summarise(run);
    EXPECT_EQ(summary.tools[0].refused, 3U);
    EXPECT_EQ(summary.tools[0].first_refusal, 5);
    EXPECT_EQ(summary.tools[0].not_recovered, 1U);
    EXPECT_FALSE(summary.tools[0].recovery);
}

TEST(Simulate, ModeObserveLetsEveryCallPassAndTellsWhatBlockWouldRefuse) {
    friction::RawFrictionConfig raw = plain_config();
    raw.mode = friction::Mode::observe;
    const History run = run_trace(writes(8), raw);
    EXPECT_EQ(outcomes(run), std::vector<Outcome>(8, passed));
    EXPECT_EQ(summarise(run).tools[0].over_block, 3U);
}

TEST(Simulate, ModeDelayMovesTheClientsLaterCalls) {
    friction::RawFrictionConfig raw = plain_config();
    raw.mode = friction::Mode::delay;
    const History run = run_trace(writes(4), raw);
    EXPECT_EQ(outcomes(run), (std::vector<Outcome>{passed, delayed, delayed, delayed}));
    EXPECT_NEAR(run.steps[1].delay, 1, 1e-9);
    EXPECT_NEAR(run.steps[2].at, 2 + 1, 1e-9);
    EXPECT_NEAR(run.steps[3].at, 3 + 1 + 2, 1e-9);
    EXPECT_NEAR(summarise(run).tools[0].delay_seconds, 1 + 2 + 3, 1e-9);
}

TEST(Simulate, AReasonLetsACallPassWhereOneIsRequired) {
    friction::RawFrictionConfig raw = plain_config();
    raw.require_justification = true;
    EXPECT_EQ(outcomes(run_trace(writes(5), raw)),
              (std::vector<Outcome>{passed, passed, passed, asked, asked}));
    EXPECT_EQ(outcomes(run_trace(writes(5, true), raw)), std::vector<Outcome>(5, passed));
}

TEST(Simulate, RecoveryLastsFromTheFirstRefusalToTheNextCallThatPasses) {
    friction::RawFrictionConfig raw = plain_config();
    raw.time_decay_rate = 0.1;
    Trace trace = writes(40);
    for (TraceCall& call : trace.calls) call.at *= 0.001;  // too quick for any decay
    trace.calls.push_back({10, 0, 0, false});
    const Summary summary = summarise(run_trace(trace, raw));
    EXPECT_EQ(summary.tools[0].clients_refused, 1U);
    EXPECT_EQ(summary.tools[0].not_recovered, 0U);
    ASSERT_TRUE(summary.tools[0].recovery);
    EXPECT_NEAR(*summary.tools[0].recovery, 10 - *summary.tools[0].first_refusal, 1e-9);
}

friction::RawFrictionConfig usual_config() {
    friction::RawFrictionConfig raw;
    raw.tools = {{.name = "update", .target_rate = 0.1}, {.name = "delete", .target_rate = 0.03}};
    return raw;
}

History run_agents(const AgentSettings& settings, const friction::RawFrictionConfig& raw) {
    const friction::FrictionConfig config = valid(raw);
    Agents agents(settings, config);
    return simulate(agents, config);
}

TEST(Agents, TheSameSeedMakesTheSameCalls) {
    const AgentSettings settings{.fleet = Fleet::mixed, .clients = 5, .seed = 7};
    const History one = run_agents(settings, usual_config());
    const History same = run_agents(settings, usual_config());
    AgentSettings changed = settings;
    changed.seed = 8;
    const History other = run_agents(changed, usual_config());
    ASSERT_EQ(one.steps.size(), same.steps.size());
    for (std::size_t i = 0; i < one.steps.size(); ++i) {
        EXPECT_EQ(one.steps[i].at, same.steps[i].at);
        EXPECT_EQ(one.steps[i].friction, same.steps[i].friction);
    }
    EXPECT_NE(one.steps.front().at, other.steps.front().at);
}

TEST(Agents, ABehavedOneIsNeverRefusedAndALoopingOneIs) {
    const AgentSettings behaved{.fleet = Fleet::behaved, .clients = 4, .duration_seconds = 7200};
    EXPECT_EQ(summarise(run_agents(behaved, usual_config())).tools[1].refused, 0U);
    AgentSettings looping = behaved;
    looping.fleet = Fleet::looping;
    const History run = run_agents(looping, usual_config());
    const Summary summary = summarise(run);
    EXPECT_GT(summary.tools[1].refused, 0U);
    EXPECT_EQ(summary.tools[0].refused, 0U) << "loops are about the tool of least target";
    EXPECT_EQ(summary.tools[1].clients_refused, 4U);
}

TEST(Agents, OfAMixedFleetOnlyThoseThatLoopAreRefused) {
    const History run = run_agents({.fleet = Fleet::mixed, .clients = 8}, usual_config());
    const Summary summary = summarise(run);
    for (std::size_t client = 0; client < run.clients.size(); ++client) {
        EXPECT_EQ(summary.clients[client].refused > 0, run.clients[client].starts_with("looping"));
    }
}

TEST(Agents, GiveAReasonWhenAsked) {
    friction::RawFrictionConfig raw = usual_config();
    raw.require_justification = true;
    // What a loop leaves is still there when its agent, now calm, calls the tool again.
    raw.time_decay_rate = 0;
    raw.tools = {{.name = "update", .target_rate = 0.3}};
    const History run = run_agents({.fleet = Fleet::looping, .clients = 6}, raw);
    std::size_t heard = 0;
    for (const Step& step : run.steps) {
        heard += step.outcome == passed && step.level == friction::Level::high ? 1U : 0U;
    }
    EXPECT_GT(summarise(run).tools[0].asked, 0U);
    EXPECT_GT(heard, 0U);
}

class Drawn {
public:
    explicit Drawn(const Trace& trace, friction::RawFrictionConfig raw = plain_config())
        : config_(valid(raw)), run_(run_trace(trace, raw)), summary_(summarise(run_)) {
        RecordedWorkload workload(trace);
        Sampler sampler(run_, config_, choose_focus(summary_, focus_max), 100);
        simulate(workload, config_, &sampler);
        series_ = sampler.take();
    }
    Report report() const { return {config_, run_, summary_, series_, "/mcp", "a <trace>", "{}"}; }
    const Series& series() const { return series_; }

private:
    friction::FrictionConfig config_;
    History run_;
    Summary summary_;
    Series series_;
};

TEST(Series, HoldsFrictionAtEvenTimes) {
    const Drawn drawn(writes(8));
    const Line& friction = drawn.series().tools[0].friction.focus[0];
    ASSERT_EQ(friction.size(), drawn.series().times.size());
    EXPECT_EQ(friction.front(), 0);
    EXPECT_NEAR(friction.back(), 0.5, 1e-6);
    EXPECT_EQ(drawn.series().times.back(), 7);
}

TEST(Chart, StandsAloneAndMarksWhatWasRefused) {
    const std::string svg = draw(Drawn(writes(8)).report());
    EXPECT_TRUE(svg.starts_with("<svg xmlns"));
    EXPECT_TRUE(svg.contains("mark-refused\" d="));
    EXPECT_TRUE(svg.contains("first refusal after 5 s"));
    EXPECT_TRUE(svg.contains("prefers-color-scheme:dark"));
    EXPECT_FALSE(svg.contains("href"));
    EXPECT_FALSE(svg.contains("nan"));
}

TEST(Chart, EscapesWhatTracesName) {
    Trace trace = writes(1);
    trace.clients[0] = "<script>&\x01";
    const std::string svg = draw(Drawn(trace).report());
    EXPECT_TRUE(svg.contains("&lt;script&gt;&amp;\xEF\xBF\xBD"));
    EXPECT_TRUE(svg.contains("a &lt;trace&gt;"));
    EXPECT_FALSE(svg.contains("<script"));
    EXPECT_FALSE(svg.contains("nan")) << "a trace of one call has no length";
}

TEST(Report, TheVerdictTellsWhatMattersFirst) {
    EXPECT_EQ(verdict(Drawn(writes(8)).report()),
              "1 of 1 client refused, 3 calls in all; the first at write after 5 s.");
    EXPECT_EQ(verdict(Drawn(writes(2)).report()),
              "No call is refused. The highest friction is 0.10.");
    EXPECT_EQ(verdict(Drawn(writes(1)).report()),
              "No call is refused. No tool meets any friction.");
    Trace others = writes(3);
    others.tools[0] = "read";
    EXPECT_EQ(verdict(Drawn(others).report()),
              "No call is refused. None of the tools that have friction is called.");
}

}  // namespace
}  // namespace sluice::simulate
