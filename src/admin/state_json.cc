// Writing it.
#include "admin/state_json.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/check.h"
#include "base/json_writer.h"

namespace sluice::admin {
namespace {

/// Numbers for eyes: three digits behind the point.
double rounded(double number) {
    return std::round(number * 1000) / 1000;
}

double seconds_since(MonotonicTime then, MonotonicTime now) {
    return std::floor(std::chrono::duration<double>(now - then).count());
}

double unix_seconds(WallTime time) {
    return std::floor(std::chrono::duration<double>(time.time_since_epoch()).count());
}

std::string_view mode_name(friction::Mode mode) {
    if (mode == friction::Mode::block) return "block";
    if (mode == friction::Mode::delay) return "delay";
    return mode == friction::Mode::observe ? "observe" : "ladder";
}

template <class Number>
void write_outcomes(JsonWriter& json, std::string_view name,
                    const std::array<Number, metrics::call_outcomes>& numbers) {
    constexpr std::array<std::string_view, metrics::call_outcomes> keys = {"passed", "delayed",
                                                                           "asked", "refused"};
    json.key(name).begin_object();
    for (std::size_t i = 0; i < metrics::call_outcomes; ++i) {
        if constexpr (std::is_floating_point_v<Number>) {
            json.member(keys[i], rounded(numbers[i]));
        } else {
            json.member(keys[i], numbers[i]);
        }
    }
    json.end_object();
}

void write_tool(JsonWriter& json, const friction::ToolPolicy& policy, const ToolFrame& frame,
                const metrics::ToolNumbers& numbers) {
    json.begin_object()
        .member("name", std::string_view(policy.name))
        .member("mode", mode_name(policy.mode))
        .member("target", policy.target_rate)
        .member("share", rounded(frame.share))
        .member("friction", rounded(frame.friction))
        .member("justification", policy.justification_threshold)
        .member("block", policy.hard_block_threshold);
    write_outcomes(json, "per_second", frame.per_second);
    write_outcomes(json, "total", numbers.calls);
    json.end_object();
}

void write_resource(JsonWriter& json, const resource::ResourceSettings& settings,
                    const ResourceFrame& frame, const metrics::ResourceNumbers& numbers) {
    json.begin_object()
        .member("path", std::string_view(settings.path))
        .member("name", std::string_view(settings.name))
        .member("per_second", rounded(frame.per_second))
        .member("failed_per_second", rounded(frame.failed_per_second))
        .member("unverified_per_second", rounded(frame.unverified_per_second))
        .member("slowed_per_second", rounded(frame.slowed_per_second))
        .member("p50_ms", rounded(frame.p50_ms))
        .member("p99_ms", rounded(frame.p99_ms))
        .member("clients", numbers.clients)
        .member("other_per_second", rounded(frame.other_per_second));
    json.key("tools").begin_array();
    for (std::size_t i = 0; i < frame.tools.size(); ++i) {
        write_tool(json, settings.friction->tools()[i], frame.tools[i], numbers.tools[i]);
    }
    json.end_array().end_object();
}

void write_standing(JsonWriter& json, const std::vector<friction::Decision>& standing) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < standing.size(); ++i) {
        if (standing[i].friction >= 0.005) order.push_back(i);
    }
    std::ranges::sort(order, std::ranges::greater{},
                      [&](std::size_t i) { return standing[i].friction; });
    json.key("tools").begin_array();
    for (const std::size_t i : order) {
        const friction::Decision& met = standing[i];
        json.begin_object()
            .member("tool", i)
            .member("level", friction::level_name(met.level))
            .member("friction", rounded(met.friction))
            .member("rate", rounded(met.current_rate))
            .member("retry_after_s", met.retry_after_seconds)
            .end_object();
    }
    json.end_array();
}

void write_client(JsonWriter& json, const WatchedClient& client, MonotonicTime now) {
    const metrics::BoardEntry& entry = client.entry;
    const auto count = [&](resource::CallOutcome outcome) {
        return entry.calls[static_cast<std::size_t>(outcome)];
    };
    const double reason_s = entry.reason.empty() ? 0 : seconds_since(entry.reason_at, now);
    json.begin_object()
        .member("resource", entry.resource)
        .member("client_id", std::string_view(entry.client_id))
        .member("subject", std::string_view(entry.subject))
        .member("seen_s", seconds_since(entry.seen, now))
        .member("delayed", count(resource::CallOutcome::delayed))
        .member("asked", count(resource::CallOutcome::asked))
        .member("refused", count(resource::CallOutcome::refused))
        .member("reason", std::string_view(entry.reason))
        .member("reason_tool", std::string_view(entry.reason_tool))
        .member("reason_s", reason_s);
    write_standing(json, client.standing);
    json.end_object();
}

void write_change(JsonWriter& json, const StatsCollector::Change& of, MonotonicTime now) {
    const resource::ToolChange& change = of.change;
    json.begin_object()
        .member("resource", of.resource)
        .member("tool", std::string_view(change.tool))
        .key("what")
        .begin_array();
    if (change.description) json.value("description");
    if (change.input_schema) json.value("input_schema");
    json.end_array()
        .member("old_hash", std::string_view(change.old_hash))
        .member("new_hash", std::string_view(change.new_hash))
        .member("seen_s", seconds_since(change.seen, now))
        .member("raises", of.raises)
        .end_object();
}

template <class Value>
void write_series(JsonWriter& json, std::string_view name, const Timeline& timeline, Value value) {
    json.key(name).begin_array();
    for (const Timeline::Point& point : timeline.history()) json.value(rounded(value(point)));
    json.end_array();
}

}  // namespace

void append_state(std::string& out, const resource::Settings& settings, const Timeline& timeline,
                  const std::vector<WatchedClient>& clients,
                  const std::vector<StatsCollector::Change>& changes, MonotonicTime now,
                  bool keep) {
    CHECK(timeline.latest().frames.size() == settings.resources.size());
    JsonWriter json(out);
    json.begin_object().member("time", unix_seconds(timeline.latest().time)).member("keep", keep);
    json.key("resources").begin_array();
    for (std::size_t i = 0; i < settings.resources.size(); ++i) {
        write_resource(json, settings.resources[i], timeline.latest().frames[i],
                       timeline.numbers()[i]);
    }
    json.end_array().key("clients").begin_array();
    std::vector<std::size_t> shown(settings.resources.size());
    for (const WatchedClient& client : clients) {
        if (++shown[client.entry.resource] <= StatsCollector::clients_max)
            write_client(json, client, now);
    }
    json.end_array().key("changes").begin_array();
    for (const StatsCollector::Change& change : changes) write_change(json, change, now);
    json.end_array().end_object();
}

void append_history(std::string& out, const resource::Settings& settings,
                    const Timeline& timeline) {
    JsonWriter json(out);
    json.begin_object()
        .member("step_s", Timeline::span)
        .member("points_max", Timeline::points_max)
        .key("time")
        .begin_array();
    for (const Timeline::Point& point : timeline.history()) json.value(unix_seconds(point.time));
    json.end_array().key("resources").begin_array();
    for (std::size_t i = 0; i < settings.resources.size(); ++i) {
        using Point = Timeline::Point;
        json.begin_object();
        const auto series = [&](std::string_view name, double ResourceFrame::* member) {
            write_series(json, name, timeline,
                         [i, member](const Point& point) { return point.frames[i].*member; });
        };
        series("per_second", &ResourceFrame::per_second);
        series("p50_ms", &ResourceFrame::p50_ms);
        series("p99_ms", &ResourceFrame::p99_ms);
        json.key("tools").begin_array();
        const auto& friction = settings.resources[i].friction;
        for (std::size_t tool = 0; tool < (friction ? friction->tools().size() : 0); ++tool) {
            json.begin_object();
            write_series(json, "share", timeline, [i, tool](const Point& point) {
                return point.frames[i].tools[tool].share;
            });
            write_series(json, "friction", timeline, [i, tool](const Point& point) {
                return point.frames[i].tools[tool].friction;
            });
            json.end_object();
        }
        json.end_array().end_object();
    }
    json.end_array().end_object();
}

}  // namespace sluice::admin
