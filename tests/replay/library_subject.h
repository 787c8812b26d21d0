// What a recorded friction trace's steps are done to at the library's door: the wrappers that a
// server puts around its tools, and nothing below them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "friction/guarded.h"
#include "friction_vectors.h"

namespace sluice::friction::vectors {

class LibrarySubject final : public GuardListener {
public:
    LibrarySubject(const FrictionConfig& config, bool is_registry)
        : guard_(config, {.clock = &clock_, .wait = {}, .listener = this}),
          is_registry_(is_registry) {}

    Outcome do_step(const JsonValue& step) {
        events_.clear();
        decision_.reset();
        clock_.set(step.find("t") ? step.find("t")->number().value_or(0) : 0);
        const std::string tool(step.find_string("tool").value_or(""));
        const std::string_view client = step.find_string("client").value_or("");
        if (Outcome outcome = call(step.find_string("op").value_or(""), client, tool)) {
            return outcome;
        }
        const std::optional<JsonValue> expected = given(step, "expect");
        if (decision_.has_value() != expected.has_value()) return "expect stands or lacks wrongly";
        if (decision_) {
            if (Outcome outcome = compare(expected, members_of(*decision_))) return outcome;
        }
        if (!is_registry_) {
            const auto wanted = elements_of(step, "saturation_events");
            if (Outcome outcome = events_.compare(wanted, guard_.config())) return outcome;
        }
        const std::optional<JsonValue> then = given(step, "then");
        if (!then) return std::nullopt;
        if (then->string() != "reset_budget") return "unknown then";
        guard_.reset_budget(client);
        return std::nullopt;
    }

    Outcome compare_final(const JsonValue& final) const {
        const std::optional<JsonValue> status = final.find("status");
        if (!status) return "no status";
        if (!is_registry_) {
            const std::optional<JsonValue> budget = final.find("budget_remaining");
            const std::optional<ClientStatus> only = guard_.status("");
            if (!only) return "the client is not known";
            if (!budget || !equal(*budget, {"", only->budget})) return "budget_remaining";
            return compare_status(*status, *only);
        }
        const std::optional<JsonValue> count = final.find("client_count");
        if (!count || count->number() != static_cast<double>(guard_.clients())) {
            return fmt::format("client_count: actual {}", guard_.clients());
        }
        for (const auto& [client, expected] : status->members()) {
            const std::optional<ClientStatus> actual = guard_.status(client);
            if (expected.is_null() == actual.has_value()) return std::string(client) + ": evicted?";
            if (!actual) continue;
            if (Outcome outcome = compare_status(expected, *actual)) {
                return fmt::format("{}: {}", client, *outcome);
            }
        }
        return std::nullopt;
    }

private:
    /// The trace's own time, to the nanosecond.
    class TraceClock final : public Clock {
    public:
        void set(double seconds) { now_ = seconds; }
        MonotonicTime monotonic() override {
            return MonotonicTime(std::chrono::round<Duration>(Moment(now_)));
        }
        WallTime wall() override { return {}; }

    private:
        double now_ = 0;
    };

    void on_decision(const Caller&, std::string_view, const Admission& admission) override {
        decision_ = admission.decision;
    }
    void on_saturation(const Caller&, const SaturationEvent& event) override {
        events_.on_saturation(event);
    }

    Outcome call(std::string_view op, std::string_view client, const std::string& tool) {
        bool ran = false;
        const auto run = [&ran] { ran = true; };
        if (op == "guarded" || op == "check_and_record") {
            const auto done = friction_controlled(guard_, tool, run)(client);
            if (!decision_ || done.has_value() != ran || ran != decision_->allowed) {
                return "the tool ran although it was refused, or did not although it was not";
            }
            if (!done && done.error().message() != decision_->message()) return "another refusal";
        } else if (op == "record_unconfigured") {
            record_tool_call(guard_, tool, run)(client);
            if (!ran) return "the recorded tool did not run";
        } else if (op == "record") {
            guard_.record(client, tool);
            decision_ = guard_.check(client, tool);
        } else if (op == "check") {
            decision_ = guard_.check(client, tool);
        } else {
            return fmt::format("unknown op \"{}\"", op);
        }
        return std::nullopt;
    }

    static Outcome compare_status(const JsonValue& expected, const ClientStatus& actual) {
        if (expected.members().size() != actual.tools.size()) return "other tools";
        for (const auto& [tool, decision, window_rate] : actual.tools) {
            const std::vector<Member> members{{"level", std::string(level_name(decision.level))},
                                              {"allowed", decision.allowed},
                                              {"saturation_detected", decision.saturation_detected},
                                              {"friction", decision.friction},
                                              {"cost", decision.cost},
                                              {"ema_rate", decision.current_rate},
                                              {"raw_rate", window_rate},
                                              {"target_rate", decision.target_rate},
                                              {"effective_target", decision.effective_target}};
            if (Outcome outcome = compare(expected.find(tool), members)) {
                return fmt::format("{}: {}", tool, *outcome);
            }
        }
        return std::nullopt;
    }

    TraceClock clock_;
    ToolGuard guard_;
    bool is_registry_;
    std::optional<Decision> decision_;
    Events events_;
};

}  // namespace sluice::friction::vectors
