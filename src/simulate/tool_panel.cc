#include "simulate/tool_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "simulate/axis.h"
#include "simulate/number_format.h"

namespace sluice::simulate {
namespace {

constexpr double left = 112;  // of the plots within the panel, for their axes
constexpr double right = 84;
constexpr double head = 40;
constexpr double share_height = 92;
constexpr double friction_height = 150;
constexpr double calls_height = 64;
constexpr double gap = 16;
constexpr double foot = 34;
constexpr int bars = 96;
constexpr std::array line_styles{"c0", "c1", "c2"};

class Panel {
public:
    Panel(Svg& svg, const Report& report, std::size_t tool, PanelPlace place)
        : svg_(svg),
          run_(report.run),
          policy_(report.config.tools()[tool]),
          summary_(report.summary.tools[tool]),
          series_(report.series.tools[tool]),
          times_(report.series.times),
          tool_(tool),
          place_(place),
          time_max_(report.run.end > 0 ? report.run.end : 1) {}

    double draw(bool with_friction) {
        const double plots =
            share_height + gap + calls_height + (with_friction ? gap + friction_height : 0);
        const double height = head + plots + foot;
        svg_.rect(place_.x, place_.y, place_.width, height, "card");
        draw_head(with_friction);
        double y = place_.y + head;
        draw_share(frame(y, share_height, share_max()));
        y += share_height + gap;
        const double marked = y;
        if (with_friction) {
            draw_friction(frame(y, friction_height, 1));
            y += friction_height + gap;
        }
        draw_calls(frame(y, calls_height, 1));
        if (summary_.first_refusal) draw_first_refusal(marked, y + calls_height);
        return height;
    }

private:
    Frame frame(double y, double height, double value_max) const {
        return {place_.x + left, y, place_.width - left - right, height, time_max_, value_max};
    }

    void draw_head(bool with_friction) {
        svg_.text({place_.x + 16, place_.y + 26}, "name", shortened(policy_.name, 44));
        std::string text = fmt::format(
            "mode {}{} · target {} of a client's calls · {}", mode_name(policy_.mode),
            longest_wait(), percent_text(policy_.target_rate), count_text(summary_.calls, "call"));
        const auto add = [&](std::size_t count, std::string_view what) {
            if (count > 0) text += fmt::format(", {} {}", count, what);
        };
        add(summary_.passed, "passed");
        add(summary_.delayed, "delayed");
        add(summary_.asked, "asked for a reason");
        add(summary_.refused, "refused");
        if (!friction::refuses(policy_.mode)) add(summary_.over_block, "at block level");
        if (!with_friction) text += " · no friction";
        svg_.text({place_.x + place_.width - 16, place_.y + 26}, "end", text);
    }

    std::string longest_wait() const {
        const bool waits =
            policy_.mode == friction::Mode::delay || policy_.mode == friction::Mode::ladder;
        if (!waits || summary_.delay_max <= 0) return {};
        return ", longest wait " + time_text(summary_.delay_max);
    }

    void draw_frame(const Frame& frame, std::string_view label) {
        svg_.rect(frame.x, frame.y, frame.width, frame.height, "plot");
        svg_.text({place_.x + 16, frame.y + 12}, "label", label);
        const double step = time_step(time_max_, 10);
        for (double time = step; time < time_max_; time += step) {
            svg_.line({frame.at_time(time), frame.y}, {frame.at_time(time), frame.bottom()},
                      "grid");
        }
    }

    void mark_value(const Frame& frame, double value, std::string_view text) {
        svg_.text({frame.x - 6, frame.at_value(value) + 4}, "axis end", text);
        if (value > 0 && value < frame.value_max) {
            svg_.line({frame.x, frame.at_value(value)}, {frame.right(), frame.at_value(value)},
                      "grid");
        }
    }

    std::vector<Point> points(const Frame& frame, const Line& line) const {
        std::vector<Point> out;
        for (std::size_t i = 0; i < std::min(line.size(), times_.size()); ++i) {
            out.push_back({frame.at_time(times_[i]),
                           frame.at_value(std::min<double>(line[i], frame.value_max))});
        }
        return out;
    }

    void draw_lines(const Frame& frame, const Measure& measure) {
        if (!measure.median.empty()) {
            std::vector<Point> band = points(frame, measure.highest);
            const std::vector<Point> middle = points(frame, measure.median);
            band.insert(band.end(), middle.rbegin(), middle.rend());
            svg_.area(band, "fleet");
            svg_.path(middle, "median");
        }
        // The first is the one that matters most: on top.
        for (std::size_t i = measure.focus.size(); i-- > 0;) {
            svg_.path(points(frame, measure.focus[i]), line_styles[i % line_styles.size()]);
        }
    }

    double share_max() const {
        double highest = policy_.target_rate * 2;
        for (const Line& line : series_.rate.focus) {
            for (const float rate : line) highest = std::max<double>(highest, rate);
        }
        for (const float rate : series_.rate.highest) highest = std::max<double>(highest, rate);
        return highest > 0 ? std::min(1.0, round_up(highest)) : 0.1;
    }

    void draw_share(const Frame& frame) {
        draw_frame(frame, "share");
        svg_.text({place_.x + 16, frame.y + 27}, "axis", "of calls");
        for (const double part : {0.0, 0.5, 1.0}) {
            mark_value(frame, part * frame.value_max, percent_text(part * frame.value_max));
        }
        draw_lines(frame, series_.rate);
        svg_.path(points(frame, series_.target), "target");
        if (series_.target.empty()) return;
        svg_.text({frame.right() + 6, frame.at_value(series_.target.back()) + 4}, "target-text",
                  "target " + percent_text(series_.target.back()));
    }

    void draw_zone(const Frame& frame, double from, double to, std::string_view style,
                   std::string_view text) {
        if (from >= to) return;
        svg_.rect(frame.x, frame.at_value(to), frame.width,
                  frame.at_value(from) - frame.at_value(to), style);
        // In mode ladder the waits have their places on the same edge.
        const double raised = policy_.mode == friction::Mode::ladder && to < 1 ? 9 : 0;
        zone_text_y_.push_back(frame.at_value((from + to) / 2) + 4 - raised);
        svg_.text({frame.right() + 6, zone_text_y_.back()}, "zone-text", text);
    }

    void draw_friction(const Frame& frame) {
        draw_frame(frame, "friction");
        for (const double value : {0.0, 0.25, 0.5, 0.75, 1.0}) {
            mark_value(frame, value, fmt::format("{}", value));
        }
        const double block = policy_.hard_block_threshold;
        const double ask = policy_.justification_threshold;
        if (policy_.mode == friction::Mode::delay) {
            if (policy_.require_justification) {
                svg_.rect(frame.x, frame.y, frame.width, frame.at_value(ask) - frame.y, "zone-ask");
            }
            draw_waits(frame, 1);
        } else {
            const bool acts = friction::refuses(policy_.mode);
            draw_zone(frame, block, 1, "zone-block", acts ? "refused" : "level BLOCKED");
            draw_zone(frame, ask, std::min(block, 1.0), "zone-ask",
                      acts && policy_.require_justification ? "asks why" : "level HIGH");
            if (policy_.mode == friction::Mode::ladder) draw_waits(frame, block);
        }
        draw_lines(frame, series_.friction);
        draw_marks(frame);
    }

    // A call that is not refused waits in proportion: the axis on the right tells how long.
    void draw_waits(const Frame& frame, double refused_from) {
        for (const double value : {0.25, 0.5, 0.75, 1.0}) {
            if (value > refused_from) continue;
            const double y = frame.at_value(value) + (value == 1 ? 10 : 4);
            const auto collides = [y](double other) { return std::abs(other - y) < 11; };
            if (std::ranges::any_of(zone_text_y_, collides)) continue;
            svg_.text({frame.right() + 6, y}, "wait",
                      "waits " + time_text(value * policy_.max_delay.count()));
            svg_.line({frame.right(), frame.at_value(value)},
                      {frame.right() + 4, frame.at_value(value)}, "wait-mark");
        }
    }

    /// A mark for each call that was held back; of those that lie on one another, one.
    void draw_marks(const Frame& frame) {
        std::set<std::pair<int, int>> refused, asked;
        for (const Step& step : run_.steps) {
            if (step.tool != tool_) continue;
            const Point at{frame.at_time(step.at), frame.at_value(step.friction)};
            const std::pair cell(static_cast<int>(at.x / 5), static_cast<int>(at.y / 4));
            if (step.outcome == Outcome::refused && refused.insert(cell).second) {
                svg_.cross(at, 3.5, "mark-refused");
            } else if (step.outcome == Outcome::asked && asked.insert(cell).second) {
                svg_.diamond(at, 4, "mark-asked");
            }
        }
    }

    void draw_calls(Frame frame) {
        std::array<std::array<int, 4>, bars> counts{};
        for (const Step& step : run_.steps) {
            if (step.tool != tool_) continue;
            const auto bar = static_cast<std::size_t>(step.at / time_max_ * bars);
            ++counts[std::min<std::size_t>(bar, bars - 1)][static_cast<std::size_t>(step.outcome)];
        }
        int highest = 1;
        for (const auto& bar : counts)
            highest = std::max(highest, bar[0] + bar[1] + bar[2] + bar[3]);
        frame.value_max = std::max(round_up(highest), 2.0);
        draw_frame(frame, "calls");
        svg_.text({place_.x + 16, frame.y + 27}, "axis",
                  "in " + time_text(std::max(time_max_ / bars, 0.1)));
        for (const double part : {0.0, 1.0}) {
            mark_value(frame, part * frame.value_max, fmt::format("{}", part * frame.value_max));
        }
        for (std::size_t bar = 0; bar < counts.size(); ++bar) draw_bar(frame, bar, counts[bar]);
        draw_times(frame);
    }

    void draw_bar(const Frame& frame, std::size_t bar, const std::array<int, 4>& counts) {
        const double width = frame.width / bars;
        double below = 0;
        for (const Outcome outcome :
             {Outcome::passed, Outcome::delayed, Outcome::asked, Outcome::refused}) {
            const int count = counts[static_cast<std::size_t>(outcome)];
            if (count == 0) continue;
            const double top = frame.at_value(below + count);
            svg_.rect(frame.x + width * static_cast<double>(bar) + 0.5, top, width - 1,
                      frame.at_value(below) - top, outcome_name(outcome),
                      fmt::format("{} {} from {}", count, outcome_name(outcome),
                                  time_text(time_max_ / bars * static_cast<double>(bar))));
            below += count;
        }
    }

    void draw_times(const Frame& frame) {
        const double step = time_step(time_max_, 10);
        for (double time = 0; time <= time_max_ * (1 + 1e-9); time += step) {
            svg_.text({frame.at_time(time), frame.bottom() + 17}, "axis middle",
                      time_mark(time, step));
        }
    }

    void draw_first_refusal(double top, double bottom) {
        const Frame at = frame(top, bottom - top, 1);
        const double x = at.at_time(*summary_.first_refusal);
        svg_.line({x, top}, {x, bottom}, "first");
        const bool near_end = x > at.x + at.width * 0.75;
        svg_.text({near_end ? x - 5 : x + 5, bottom - calls_height - 5},
                  near_end ? "first-text end" : "first-text",
                  "first refusal after " + time_text(*summary_.first_refusal));
    }

    Svg& svg_;
    const History& run_;
    const friction::ToolPolicy& policy_;
    const ToolSummary& summary_;
    const ToolSeries& series_;
    const std::vector<double>& times_;
    std::size_t tool_;
    PanelPlace place_;
    double time_max_;
    std::vector<double> zone_text_y_;
};

bool is_above_zero(const Line& line) {
    return std::ranges::any_of(line, [](float value) { return value > 0; });
}

}  // namespace

bool has_friction(const Report& report, std::size_t tool) {
    const Measure& measure = report.series.tools[tool].friction;
    return report.summary.tools[tool].friction_max > 0 || is_above_zero(measure.highest) ||
           std::ranges::any_of(measure.focus, is_above_zero);
}

double draw_tool(Svg& svg, const Report& report, std::size_t tool, PanelPlace place) {
    return Panel(svg, report, tool, place).draw(has_friction(report, tool));
}

}  // namespace sluice::simulate
