#include "simulate/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "base/check.h"
#include "simulate/number_format.h"

namespace sluice::simulate {
namespace {

std::size_t total(const Summary& summary, std::size_t ToolSummary::* count) {
    std::size_t sum = 0;
    for (const ToolSummary& tool : summary.tools) sum += tool.*count;
    return sum;
}

std::string first_refusal(const Report& report) {
    std::size_t first = 0;
    for (std::size_t tool = 0; tool < report.run.configured_tools; ++tool) {
        const auto& own = report.summary.tools[tool].first_refusal;
        const auto& best = report.summary.tools[first].first_refusal;
        if (own && (!best || *own < *best)) first = tool;
    }
    CHECK(report.summary.tools[first].first_refusal.has_value(), "only configured tools refuse");
    return fmt::format("{} after {}", report.run.tools[first],
                       time_text(*report.summary.tools[first].first_refusal));
}

bool acts_softly(const Report& report) {
    return std::ranges::any_of(report.config.tools(), [](const friction::ToolPolicy& tool) {
        return !friction::refuses(tool.mode);
    });
}

using Row = std::vector<std::string>;

Row heading(bool soft) {
    Row row{"tool", "mode", "target", "calls", "delayed", "asked", "refused"};
    if (soft) row.push_back("block level");
    row.insert(row.end(), {"first refusal", "recovery", "friction", "share"});
    return row;
}

Row row_of(const Report& report, std::size_t place, bool soft) {
    const ToolSummary& tool = report.summary.tools[place];
    const bool configured = place < report.run.configured_tools;
    const friction::ToolPolicy* policy = configured ? &report.config.tools()[place] : nullptr;
    const auto text = [](std::size_t number) { return fmt::format("{}", number); };
    const auto time = [](std::optional<double> at) { return at ? time_text(*at) : "-"; };
    Row row{report.run.tools[place],
            policy ? std::string(mode_name(policy->mode)) : "-",
            policy ? percent_text(policy->target_rate) : "-",
            text(tool.calls),
            text(tool.delayed),
            text(tool.asked),
            text(tool.refused)};
    if (soft) row.push_back(text(tool.over_block));
    row.push_back(time(tool.first_refusal));
    row.push_back(tool.not_recovered > 0 ? fmt::format("not yet ({})", tool.not_recovered)
                                         : time(tool.recovery));
    row.push_back(policy ? fmt::format("{:.2f}", tool.friction_max) : "-");
    row.push_back(percent_text(tool.rate_max));
    return row;
}

/// Columns on screen: letters, not bytes.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char byte) { return (byte & 0xc0) != 0x80; }));
}

std::string aligned(const std::vector<Row>& rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const Row& row : rows) {
        CHECK(row.size() == widths.size(), "a table has one number of columns");
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
    }
    std::string out;
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string gap(widths[i] - width(row[i]), ' ');
            const bool left = i < 2;
            out += i == 0 ? "" : "  ";
            out += left ? row[i] + gap : gap + row[i];
        }
        out += '\n';
    }
    return out;
}

}  // namespace

std::string verdict(const Report& report) {
    const std::size_t refused = total(report.summary, &ToolSummary::refused);
    const std::size_t asked = total(report.summary, &ToolSummary::asked);
    const std::size_t delayed = total(report.summary, &ToolSummary::delayed);
    const std::size_t over_block = total(report.summary, &ToolSummary::over_block);
    double friction = 0;
    double longest = 0;
    for (const ToolSummary& tool : report.summary.tools) {
        friction = std::max(friction, tool.friction_max);
        longest = std::max(longest, tool.delay_max);
    }
    const auto clients = std::ranges::count_if(
        report.summary.clients, [](const ClientSummary& client) { return client.refused > 0; });
    std::string text;
    if (refused > 0) {
        text = fmt::format("{} of {} refused, {} in all; the first at {}.", clients,
                           count_text(report.run.clients.size(), "client"),
                           count_text(refused, "call"), first_refusal(report));
    } else {
        text = "No call is refused.";
    }
    if (asked > 0) text += fmt::format(" {} asked for a reason.", count_text(asked, "call"));
    if (delayed > 0) {
        text += fmt::format(" {} delayed, {} at most.", count_text(delayed, "call"),
                            time_text(longest));
    }
    const bool called =
        std::ranges::any_of(std::span(report.summary.tools).first(report.run.configured_tools),
                            [](const ToolSummary& tool) { return tool.calls > 0; });
    if (!called) {
        text += " None of the tools that have friction is called.";
    } else if (refused + asked + delayed == 0) {
        text += friction > 0 ? fmt::format(" The highest friction is {:.2f}.", friction)
                             : " No tool meets any friction.";
    }
    if (over_block > refused) {
        text += fmt::format(" {} pass{} at a friction that mode block refuses.",
                            count_text(over_block - refused, "call"),
                            over_block - refused == 1 ? "es" : "");
    }
    return text;
}

std::string table(const Report& report) {
    const bool soft = acts_softly(report);
    std::vector<Row> rows{heading(soft)};
    for (std::size_t tool = 0; tool < report.run.tools.size(); ++tool) {
        rows.push_back(row_of(report, tool, soft));
    }
    return fmt::format("{}: {}, {}\n{}\n\n{}", report.resource, report.source,
                       count_text(report.run.steps.size(), "call"), verdict(report), aligned(rows));
}

}  // namespace sluice::simulate
