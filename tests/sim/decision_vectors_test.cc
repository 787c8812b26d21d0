// The recorded friction traces through the doors: the decision API and the gateway's gate give
// exactly what the reference gave.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "resource/gateway/answered_calls.h"
#include "resource/gateway/tool_gate.h"
#include "tests/replay/friction_vectors.h"
#include "tests/sim/decision_world.h"

namespace sluice::decision_test {
namespace {

namespace vectors = friction::vectors;
using vectors::Member;

struct Step {
    std::string_view op;
    std::string client;
    std::string tool;
    JsonValue json;

    bool is(std::string_view name) const { return op == name; }
    std::string question() const {
        return fmt::format(R"({{"client_id":"{}","tool":"{}"}})", client, tool);
    }
};

/// The tool has no friction: doors say no more of it than that it is allowed.
bool is_unlisted(const JsonValue& expected) {
    return expected.find_string("message") == "No friction configured";
}

/// Whether the call was counted, so that time runs from it on.
bool is_counted(const Step& step) {
    if (step.is("check")) return false;
    const auto expected = vectors::given(step.json, "expect");
    return !expected || step.is("record") || expected->find("allowed")->boolean() == true;
}

bool is_budget_endless(const JsonValue& trace) {
    return trace.find("config")->find_string("default_budget") == "inf";
}

/// Replays a trace through a door; `world` has its configuration.
class Replay {
public:
    explicit Replay(const JsonValue& trace)
        : trace_(trace), world_(vectors::read_config(trace, *trace.find("config"))) {}
    virtual ~Replay() = default;

    /// Steps that were compared.
    int run() {
        for (const JsonValue& json : vectors::elements_of(trace_, "steps")) {
            const double at = json.find("t") ? json.find("t")->number().value_or(0) : 0;
            const Step step{json.find_string("op").value_or(""),
                            std::string(json.find_string("client").value_or("only")),
                            std::string(json.find_string("tool").value_or("")), json};
            // The clock of a process never goes back. A call that was counted then is counted now,
            // which is the same where no time has passed since the last one that was.
            const bool same = is_counted(step) && last_counted_at_ == last_at_;
            if (at < last_at_ && !same) return compared_;
            if (is_counted(step)) last_counted_at_ = at;
            world_.advance(std::chrono::round<Duration>(
                friction::Moment(std::max(at - std::exchange(last_at_, at), 0.0))));
            SCOPED_TRACE(fmt::format("step {}: {} {}", compared_, step.op, step.tool));
            do_step(step);
            if (testing::Test::HasFailure()) return compared_;
            // A budget is given anew to everybody at once, or by forgiving, through no door.
            if (vectors::given(json, "then") && !is_budget_endless(trace_)) return compared_;
        }
        compare_final(*trace_.find("final")->find("status"));
        return compared_;
    }

protected:
    virtual void do_step(const Step& step) = 0;
    virtual void compare_final(const JsonValue&) {}

    void expect(const Step& step, const std::vector<Member>& members) {
        const auto expected = vectors::given(step.json, "expect");
        ASSERT_TRUE(expected.has_value());
        const auto outcome = vectors::compare(expected, members);
        EXPECT_FALSE(outcome.has_value()) << *outcome;
        ++compared_;
    }
    /// What the observer was told last.
    void expect_reported(const Step& step) {
        ASSERT_FALSE(world_.report.friction.empty());
        EXPECT_EQ(world_.report.friction.back().tool, step.tool);
        expect(step, vectors::members_of(world_.report.friction.back().decision));
    }

    JsonValue trace_;
    DecisionWorld world_;
    double last_at_ = 0;  // seconds
    double last_counted_at_ = 0;
    int compared_ = 0;
};

class ApiReplay final : public Replay {
public:
    using Replay::Replay;

private:
    static double number(const JsonValue& object, std::string_view key) {
        return object.find(key)->number().value();
    }

    void expect_answer(const Step& step, const Answer& answer) {
        const auto document = JsonDocument::parse(answer.body());
        const JsonValue root = document.value().root();
        if (is_unlisted(*step.json.find("expect"))) {
            EXPECT_EQ(root.find("allowed")->boolean(), true);
            EXPECT_FALSE(root.find("friction").has_value());
            return;
        }
        const JsonValue met = root.find("friction").value();
        expect(step,
               {{"level", std::string(met.find_string("level").value())},
                {"allowed", root.find("allowed")->boolean().value()},
                {"justification_required", met.find("justification_required")->boolean().value()},
                {"saturation_detected", met.find("saturation_detected")->boolean().value()},
                {"message", world_.report.friction.back().decision.message()},
                {"friction", number(met, "value")},
                {"cost", number(met, "cost")},
                {"current_rate", number(met, "current_rate")},
                {"target_rate", number(met, "target_rate")},
                {"effective_target", number(met, "effective_target")}});
    }

    void do_step(const Step& step) override {
        if (step.is("check_and_record") || step.is("guarded")) {
            expect_answer(step, world_.decide(step.question()));
        } else if (step.is("check")) {
            compare_shown(step.client, step.tool, *step.json.find("expect"));
        } else {
            EXPECT_EQ(world_.record(step.question()).json("recorded"), "true");
            if (!step.is("record")) return;
            compare_shown(step.client, step.tool, *step.json.find("expect"));
        }
    }

    void compare_final(const JsonValue& status) override {
        if (trace_.find_string("kind") == "controller") return compare_all("only", status);
        for (const auto& [client, expected] : status.members()) {
            if (expected.is_null()) {
                EXPECT_EQ(world_.show(client).status(), 404) << client;
            } else {
                compare_all(client, expected);
            }
        }
    }
    void compare_all(std::string_view client, const JsonValue& status) {
        for (const auto& [tool, expected] : status.members()) compare_shown(client, tool, expected);
    }

    /// What is shown of a client's tool, which has fewer members.
    void compare_shown(std::string_view client, std::string_view tool, const JsonValue& expected) {
        const Answer answer = world_.show(client);
        if (answer.status() == 404 || is_unlisted(expected)) return;  // 404: before the first call
        const auto document = JsonDocument::parse(answer.body());
        const JsonValue root = document.value().root();
        const auto tools = root.find("resources")->elements().at(0).find("tools");
        const JsonValue shown = tools->find(tool).value();
        EXPECT_EQ(shown.find_string("level"), expected.find_string("level")) << tool;
        EXPECT_EQ(shown.find("allowed")->boolean(), expected.find("allowed")->boolean()) << tool;
        const bool is_status = expected.find("ema_rate").has_value();
        const std::pair<std::string_view, std::string_view> names[] = {
            {"value", "friction"},
            {"cost", "cost"},
            {"current_rate", is_status ? "ema_rate" : "current_rate"},
            {"effective_target", "effective_target"}};
        for (const auto& [shown_as, recorded_as] : names) {
            EXPECT_NEAR(number(shown, shown_as), number(expected, recorded_as), 1e-9)
                << client << " " << tool << " " << shown_as;
        }
        ++compared_;
    }
};

/// What stands between a verified request and the upstream.
io::Task<void> gate_door(Counter& counter, http::Exchange& exchange) {
    ConcurrencyLimit streams(1);
    resource::InvalidTokenLimiter invalid_tokens(exchange.shard().random());
    token::TokenInfo room;
    std::string session_id;
    resource::RequestContext context{*counter.gateway.resources().front(),
                                     exchange,
                                     counter.service.parts().guards,
                                     counter.service.parts().observer,
                                     streams,
                                     invalid_tokens,
                                     room,
                                     nullptr,
                                     session_id,
                                     nullptr};
    context.caller.client_id = *exchange.request().field("Client");
    context.caller.subject = context.caller.client_id;
    context.caller.scope = oauth_test::scopes("mcp:read mcp:write");
    const auto body = resource::PostedBody::parse(exchange.request().body());
    auto admitted =
        co_await resource::admit_tool_calls(context, body.value(), resource::Era::sessions);
    if (admitted->forward) {
        // A tool without friction of its own counts once it has been answered.
        const std::string answer =
            fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{{}}}})", body->messages()[0].id);
        resource::AnsweredCalls answered(context, std::move(admitted->expected), &body.value());
        co_await answered.look_at(answer);
    }
    exchange.response().body() = admitted->forward ? "forward" : admitted->held.at(0);
}

class GateReplay final : public Replay {
public:
    using Replay::Replay;

private:
    void do_step(const Step& step) override {
        Sent sent = oauth_test::json_post(
            "/mcp", fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"tools/call",)"
                                R"("params":{{"name":"{}"}}}})",
                                step.tool));
        const Answer answer = world_.call(&gate_door, sent.field("Client", step.client));
        if (step.is("record_unconfigured")) {
            EXPECT_EQ(answer.body(), "forward");
            return;
        }
        const bool allowed = step.json.find("expect")->find("allowed")->boolean().value();
        EXPECT_EQ(answer.body() == "forward", allowed) << answer.body();
        if (!is_unlisted(*step.json.find("expect"))) expect_reported(step);
    }
};

template <class Kind>
int replay_all(std::string_view kind) {
    int compared = 0;
    for (const auto& file : vectors::trace_files(SLUICE_SOURCE_DIR "/tests/vectors/friction")) {
        SCOPED_TRACE(file.string());
        std::ifstream stream(file, std::ios::binary);
        std::stringstream text;
        text << stream.rdbuf();
        const auto document = JsonDocument::parse(text.str());
        const JsonValue trace = document.value().root();
        if (!kind.empty() && trace.find_string("kind") != kind) continue;
        compared += Kind(trace).run();
        if (testing::Test::HasFailure()) return compared;
    }
    return compared;
}

TEST(DecisionVectors, TheDecisionApiGivesWhatTheTracesHold) {
    EXPECT_GT(replay_all<ApiReplay>(""), 6000);
}

TEST(DecisionVectors, TheGatewaysGateGivesWhatTheTracesHold) {
    EXPECT_GT(replay_all<GateReplay>("registry"), 3000);
}

}  // namespace
}  // namespace sluice::decision_test
