// The JSON of a simulated run.
#include <fmt/format.h>

#include <optional>

#include "base/json_writer.h"
#include "simulate/number_format.h"
#include "simulate/report.h"

namespace sluice::simulate {
namespace {

void write_optional(JsonWriter& out, std::string_view name, std::optional<double> value) {
    out.key(name);
    value ? out.value(*value) : out.null();
}

void write_tool(JsonWriter& out, const Report& report, std::size_t place) {
    const ToolSummary& tool = report.summary.tools[place];
    out.begin_object().member("tool", report.run.tools[place]);
    if (place < report.run.configured_tools) {
        const friction::ToolPolicy& policy = report.config.tools()[place];
        out.member("mode", mode_name(policy.mode))
            .member("target_rate", policy.target_rate)
            .member("justification_threshold", policy.justification_threshold)
            .member("hard_block_threshold", policy.hard_block_threshold)
            .member("max_delay_seconds", policy.max_delay.count())
            .member("require_justification", policy.require_justification);
    }
    out.member("calls", tool.calls)
        .member("passed", tool.passed)
        .member("delayed", tool.delayed)
        .member("asked", tool.asked)
        .member("refused", tool.refused)
        .member("at_block_level", tool.over_block)
        .member("delay_seconds", tool.delay_seconds)
        .member("delay_max_seconds", tool.delay_max)
        .member("friction_max", tool.friction_max)
        .member("rate_max", tool.rate_max)
        .member("clients_refused", tool.clients_refused)
        .member("clients_not_recovered", tool.not_recovered);
    write_optional(out, "first_refusal_seconds", tool.first_refusal);
    write_optional(out, "recovery_seconds", tool.recovery);
    out.end_object();
}

void write_client(JsonWriter& out, const Report& report, std::size_t place) {
    const ClientSummary& client = report.summary.clients[place];
    out.begin_object()
        .member("client", report.run.clients[place])
        .member("calls", client.calls)
        .member("asked", client.asked)
        .member("refused", client.refused)
        .member("delay_seconds", client.delay_seconds)
        .member("friction_max", client.friction_max)
        .end_object();
}

void write_step(JsonWriter& out, const History& run, const Step& step) {
    out.begin_object()
        .member("time", step.at)
        .member("client", run.clients[step.client])
        .member("tool", run.tools[step.tool])
        .member("outcome", outcome_name(step.outcome));
    if (step.tool < run.configured_tools) {
        out.member("level", friction::level_name(step.level))
            .member("friction", step.friction)
            .member("rate", step.rate)
            .member("target", step.target)
            .member("cost", step.cost);
    }
    if (step.delay > 0) out.member("delay_seconds", step.delay);
    if (step.retry_after_seconds > 0) out.member("retry_after_seconds", step.retry_after_seconds);
    out.end_object();
}

void write_line(JsonWriter& out, std::string_view name, const Line& line) {
    out.key(name).begin_array();
    for (const float value : line) out.raw(fmt::format("{:.5g}", value));
    out.end_array();
}

void write_measure(JsonWriter& out, std::string_view name, const Measure& measure,
                   const Report& report) {
    out.key(name).begin_object().key("clients").begin_object();
    for (std::size_t line = 0; line < measure.focus.size(); ++line) {
        write_line(out, report.run.clients[report.series.focus[line]], measure.focus[line]);
    }
    out.end_object();
    write_line(out, "others_median", measure.median);
    write_line(out, "others_highest", measure.highest);
    out.end_object();
}

void write_series(JsonWriter& out, const Report& report) {
    out.begin_object().key("times").begin_array();
    for (const double time : report.series.times) out.raw(fmt::format("{:.6g}", time));
    out.end_array().key("tools").begin_object();
    for (std::size_t place = 0; place < report.series.tools.size(); ++place) {
        const ToolSeries& tool = report.series.tools[place];
        out.key(report.run.tools[place]).begin_object();
        write_line(out, "target", tool.target);
        write_measure(out, "rate", tool.rate, report);
        write_measure(out, "friction", tool.friction, report);
        out.end_object();
    }
    out.end_object().end_object();
}

}  // namespace

std::string json(const Report& report) {
    std::string text;
    JsonWriter out(text);
    out.begin_object()
        .member("resource", report.resource)
        .key("source")
        .raw(report.source_json)
        .member("duration_seconds", report.run.end)
        .member("verdict", verdict(report));
    out.key("tools").begin_array();
    for (std::size_t tool = 0; tool < report.run.tools.size(); ++tool) {
        write_tool(out, report, tool);
    }
    out.end_array().key("clients").begin_array();
    for (std::size_t client = 0; client < report.run.clients.size(); ++client) {
        write_client(out, report, client);
    }
    out.end_array().key("calls").begin_array();
    for (const Step& step : report.run.steps) write_step(out, report.run, step);
    out.end_array().key("series");
    write_series(out, report);
    out.end_object();
    return text + '\n';
}

}  // namespace sluice::simulate
