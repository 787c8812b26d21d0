#include "simulate/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <span>
#include <tuple>
#include <vector>

#include "base/check.h"
#include "simulate/chart_style.h"
#include "simulate/number_format.h"
#include "simulate/svg.h"
#include "simulate/tool_panel.h"

namespace sluice::simulate {
namespace {

constexpr double page_width = 1120;
constexpr double margin = 20;
constexpr double letter = 6.4;  // an average one's width at the legend's size
constexpr std::size_t panels_max = 8;

std::vector<std::size_t> by_trouble(const Report& report) {
    std::vector<std::size_t> tools(report.run.configured_tools);
    std::iota(tools.begin(), tools.end(), std::size_t{0});
    const auto rank = [&](std::size_t tool) {
        const ToolSummary& of = report.summary.tools[tool];
        return std::tuple(of.refused, of.asked, of.delay_seconds, of.friction_max, of.calls,
                          report.run.configured_tools - tool);
    };
    std::ranges::sort(tools, std::greater{}, rank);
    return tools;
}

class Legend {
public:
    Legend(Svg& svg, double y) : svg_(svg), y_(y) {}

    void swatch(std::string_view style, std::string_view text) {
        svg_.rect(x_, y_ - 10, 12, 12, style);
        label(18, text);
    }
    void stroke(std::string_view style, std::string_view text) {
        svg_.line({x_, y_ - 4}, {x_ + 22, y_ - 4}, style);
        label(28, text);
    }
    void refused(std::string_view text) {
        svg_.rect(x_, y_ - 10, 12, 12, "refused");
        svg_.cross({x_ + 22, y_ - 4}, 3.5, "mark-refused");
        label(32, text);
    }
    void asked(std::string_view text) {
        svg_.rect(x_, y_ - 10, 12, 12, "asked");
        svg_.diamond({x_ + 22, y_ - 4}, 4, "mark-asked");
        label(32, text);
    }
    void next_row() {
        x_ = margin;
        y_ += 22;
    }

private:
    void label(double offset, std::string_view text) {
        svg_.text({x_ + offset, y_}, "", text);
        x_ += offset + 18 + letter * static_cast<double>(text.size());
    }

    Svg& svg_;
    double x_ = margin;
    double y_;
};

void draw_legend(Svg& svg, const Report& report, double y) {
    Legend legend(svg, y);
    legend.swatch("passed", "passed");
    legend.swatch("delayed", "delayed");
    legend.asked("asked for a reason");
    legend.refused("refused");
    legend.stroke("target", "target");
    legend.next_row();
    constexpr std::string_view styles[] = {"c0", "c1", "c2"};
    for (std::size_t line = 0; line < report.series.focus.size(); ++line) {
        legend.stroke(styles[line % 3],
                      shortened(report.run.clients[report.series.focus[line]], 30));
    }
    CHECK(report.series.focus.size() <= report.run.clients.size());
    const std::size_t others = report.run.clients.size() - report.series.focus.size();
    if (others > 0) {
        legend.swatch("fleet",
                      fmt::format("{}: median to highest", count_text(others, "other client")));
    }
}

std::string calm_tools(const Report& report, std::span<const std::size_t> tools) {
    std::string text = fmt::format("{} not drawn:", count_text(tools.size(), "calmer tool"));
    for (const std::size_t tool : tools.first(std::min<std::size_t>(tools.size(), 6))) {
        text += fmt::format(" {} ({})", shortened(report.run.tools[tool], 24),
                            report.summary.tools[tool].calls);
    }
    return tools.size() > 6 ? text + " …" : text;
}

}  // namespace

std::string draw(const Report& report) {
    Svg svg;
    const std::string title = fmt::format("Friction on {}", report.resource);
    const std::string source =
        fmt::format("{} · {}", report.source, count_text(report.run.steps.size(), "call"));
    svg.text({margin, 38}, "title", shortened(title, 80));
    svg.text({margin, 60}, "", shortened(source, 150));
    svg.text({margin, 86}, "verdict", verdict(report));
    draw_legend(svg, report, 114);
    double y = 152;
    const std::vector<std::size_t> tools = by_trouble(report);
    const std::size_t drawn = std::min(tools.size(), panels_max);
    for (std::size_t i = 0; i < drawn; ++i) {
        y += draw_tool(svg, report, tools[i], {margin, y, page_width - 2 * margin}) + 16;
    }
    if (drawn < tools.size()) {
        svg.text({margin, y + 10}, "", calm_tools(report, std::span(tools).subspan(drawn)));
        y += 24;
    }
    return svg.finish(page_width, y + 4, title, verdict(report), chart_style);
}

}  // namespace sluice::simulate
