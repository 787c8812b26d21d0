// Replays recorded friction traces: each step of a trace is done by the library and its outcome
// compared with the recorded one. Levels, flags and messages must be equal, numbers within 1e-9.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "friction/registry.h"
#include "friction_trace_config.h"

namespace sluice::friction::vectors {

/// What differs first, with its place; nothing where all is equal.
using Outcome = std::optional<std::string>;

struct Member {
    std::string_view key;
    std::variant<bool, double, std::string> value;
};

/// A member that is there and not null.
inline std::optional<JsonValue> given(const JsonValue& object, std::string_view key) {
    const std::optional<JsonValue> value = object.find(key);
    return value && !value->is_null() ? value : std::nullopt;
}

inline std::string text_of(const JsonValue& value) {
    std::string text;
    value.append_to(text);
    return text;
}

inline std::string text_of(const Member& member) {
    if (const bool* flag = std::get_if<bool>(&member.value)) return *flag ? "true" : "false";
    if (const double* number = std::get_if<double>(&member.value)) {
        return fmt::format("{:.17g}", *number);
    }
    return '"' + std::get<std::string>(member.value) + '"';
}

inline bool equal(const JsonValue& expected, const Member& actual) {
    if (const bool* flag = std::get_if<bool>(&actual.value)) return expected.boolean() == *flag;
    if (const double* number = std::get_if<double>(&actual.value)) {
        const std::optional<double> wanted = number_of(expected);
        return wanted && (*wanted == *number || std::abs(*wanted - *number) <= 1e-9);
    }
    return expected.string() == std::get<std::string>(actual.value);
}

inline Outcome compare(const std::optional<JsonValue>& expected, std::vector<Member> actual) {
    if (!expected || !expected->is_object()) return "expected no outcome, actual one";
    if (expected->members().size() != actual.size())
        return "other members in " + text_of(*expected);
    for (const Member& member : actual) {
        const std::optional<JsonValue> wanted = expected->find(member.key);
        if (wanted && equal(*wanted, member)) continue;
        return fmt::format("{}: expected {}, actual {}", member.key,
                           wanted ? text_of(*wanted) : "nothing", text_of(member));
    }
    return std::nullopt;
}

inline std::vector<Member> members_of(const Decision& decision) {
    return {{"level", std::string(level_name(decision.level))},
            {"allowed", decision.allowed},
            {"justification_required", decision.justification_required},
            {"saturation_detected", decision.saturation_detected},
            {"message", decision.message()},
            {"friction", decision.friction},
            {"cost", decision.cost},
            {"current_rate", decision.current_rate},
            {"target_rate", decision.target_rate},
            {"effective_target", decision.effective_target}};
}

inline Outcome compare_status(const JsonValue& expected, const Controller& controller,
                              const FrictionConfig& config) {
    for (const auto& [name, status] : expected.members()) {
        const ToolId tool = config.tool(name);
        if (!tool.is_listed()) return std::string(name) + " is no configured tool";
        const Decision decision = controller.check(tool, Moment::zero());
        const Outcome outcome =
            compare(status, {{"level", std::string(level_name(decision.level))},
                             {"allowed", decision.allowed},
                             {"saturation_detected", decision.saturation_detected},
                             {"friction", decision.friction},
                             {"cost", decision.cost},
                             {"ema_rate", decision.current_rate},
                             {"raw_rate", controller.window_rate(tool)},
                             {"target_rate", decision.target_rate},
                             {"effective_target", decision.effective_target}});
        if (outcome) return fmt::format("{}: {}", name, *outcome);
    }
    return std::nullopt;
}

/// Collects what one step reports.
class Events final : public SaturationListener {
public:
    void on_saturation(const SaturationEvent& event) override { events_.push_back(event); }
    void clear() { events_.clear(); }

    Outcome compare(const std::vector<JsonValue>& wanted, const FrictionConfig& config) const {
        if (wanted.size() != events_.size()) {
            return fmt::format("saturation_events: expected {}, actual {}", wanted.size(),
                               events_.size());
        }
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const auto parts = wanted[i].elements();
            const SaturationEvent& event = events_[i];
            const bool same = parts.size() == 3 &&
                              parts[0].string() == config.tool(event.tool).name &&
                              equal(parts[1], {"", event.effective_target}) &&
                              equal(parts[2], {"", event.target_rate});
            if (!same) return "saturation_events: expected " + text_of(wanted[i]);
        }
        return std::nullopt;
    }

private:
    std::vector<SaturationEvent> events_;
};

/// What a trace's steps are done to: one controller, or a registry of many.
class Subject {
public:
    explicit Subject(const FrictionConfig& config, bool is_registry) : config_(config) {
        if (is_registry) {
            registry_.emplace(config, HashKey{1, 2});
        } else {
            controller_.emplace(config);
        }
    }

    Outcome do_step(const JsonValue& step) {
        events_.clear();
        const std::optional<JsonValue> expected = given(step, "expect");
        const std::string_view op = step.find_string("op").value_or("");
        const ToolId tool = config_.tool(step.find_string("tool").value_or(""));
        const Moment now(step.find("t") ? step.find("t")->number().value_or(0) : 0);
        const std::string_view client = step.find_string("client").value_or("");
        std::optional<Decision> decision;
        if (op == "record_unconfigured") {
            registry_ ? registry_->record(client, tool, now, &events_)
                      : controller_->record(tool, now, &events_);
        } else if (registry_ && op == "check_and_record") {
            decision = registry_->check_and_record(client, tool, now, &events_);
        } else if (controller_ && op == "guarded") {
            decision = controller_->check_and_record(tool, now, &events_);
        } else if (controller_ && op == "check") {
            decision = controller_->check(tool, now);
        } else if (controller_ && op == "record") {
            controller_->record(tool, now, &events_);
            decision = controller_->check(tool, now);
        } else {
            return fmt::format("unknown op \"{}\"", op);
        }
        if (decision.has_value() != expected.has_value()) return "expect stands or lacks wrongly";
        if (decision) {
            if (Outcome outcome = compare(expected, members_of(*decision))) return outcome;
        }
        if (Outcome outcome = compare_events(step)) return outcome;
        return do_then(given(step, "then"));
    }

    Outcome compare_final(const JsonValue& final) const {
        const std::optional<JsonValue> status = final.find("status");
        if (!status) return "no status";
        if (controller_) {
            const std::optional<JsonValue> budget = final.find("budget_remaining");
            if (!budget || !equal(*budget, {"", controller_->budget()})) {
                return fmt::format("budget_remaining: actual {}", controller_->budget());
            }
            return compare_status(*status, *controller_, config_);
        }
        const std::optional<JsonValue> count = final.find("client_count");
        if (!count || count->number() != static_cast<double>(registry_->size())) {
            return fmt::format("client_count: actual {}", registry_->size());
        }
        for (const auto& [client, expected] : status->members()) {
            const Controller* const controller = registry_->find(client);
            if (expected.is_null() != (controller == nullptr)) {
                return fmt::format("{}: {}", client, controller ? "not evicted" : "evicted");
            }
            if (controller == nullptr) continue;
            if (Outcome outcome = compare_status(expected, *controller, config_)) {
                return fmt::format("{}: {}", client, *outcome);
            }
        }
        return std::nullopt;
    }

private:
    // Traces of a registry do not tell saturation events.
    Outcome compare_events(const JsonValue& step) const {
        if (registry_) return std::nullopt;
        return events_.compare(elements_of(step, "saturation_events"), config_);
    }

    Outcome do_then(const std::optional<JsonValue>& then) {
        if (!then) return std::nullopt;
        if (!controller_ || then->string() != "reset_budget") return "unknown then";
        controller_->reset_budget();
        return std::nullopt;
    }

    const FrictionConfig& config_;
    std::optional<Controller> controller_;
    std::optional<Registry> registry_;
    Events events_;
};

/// AtDoor  What the steps are done to: Subject, or another with its three functions.
template <class AtDoor = Subject>
Outcome replay_trace(const JsonValue& trace) {
    const std::string_view kind = trace.find_string("kind").value_or("");
    if (kind != "controller" && kind != "registry") return fmt::format("unknown kind \"{}\"", kind);
    for (const std::string_view key : {"config", "steps", "final"}) {
        if (!trace.find(key)) return fmt::format("no {}", key);
    }
    const auto config = validate(read_config(trace, *trace.find("config")));
    if (!config) {
        const Problem& problem = config.error().front();
        return fmt::format("config: {} {}", problem.key, problem.text);
    }
    AtDoor subject(*config, kind == "registry");
    int number = 0;
    for (const JsonValue& step : elements_of(trace, "steps")) {
        if (Outcome outcome = subject.do_step(step)) {
            return fmt::format("step {} ({} {}): {}", number, step.find_string("op").value_or(""),
                               step.find_string("tool").value_or(""), *outcome);
        }
        ++number;
    }
    if (Outcome outcome = subject.compare_final(*trace.find("final"))) return "final: " + *outcome;
    return std::nullopt;
}

template <class AtDoor = Subject>
Outcome replay_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    if (!file) return "cannot be read";
    const auto document = JsonDocument::parse(text.str());
    if (!document) return std::string(document.error().reason);
    return replay_trace<AtDoor>(document->root());
}

/// Every *.json below `root`, sorted; `root` itself where it is such a file.
inline std::vector<std::filesystem::path> trace_files(const std::filesystem::path& root) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    if (std::filesystem::is_regular_file(root, error)) return {root};
    for (std::filesystem::recursive_directory_iterator at(root, error), end; !error && at != end;
         at.increment(error)) {
        if (at->is_regular_file(error) && at->path().extension() == ".json") {
            files.push_back(at->path());
        }
    }
    std::ranges::sort(files);
    return files;
}

}  // namespace sluice::friction::vectors
