// Time series of friction and rates, for drawing: sampled from the registry itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "simulate/simulation.h"
#include "simulate/summary.h"

namespace sluice::simulate {

/// One line in a chart; as many values as there are samples.
using Line = std::vector<float>;

struct Measure {
    std::vector<Line> focus;  // one for each of Series::focus
    Line median;              // of all other clients; empty where there are none
    Line highest;
};

struct ToolSeries {
    Measure friction;
    Measure rate;
    Line target;  // the highest of any client's, as saturation relief raises it
};

struct Series {
    std::vector<double> times;         // seconds since the run began
    std::vector<std::uint32_t> focus;  // clients that are drawn one by one
    std::vector<ToolSeries> tools;     // the configured ones
};

/// The clients worth a line of their own: those most refused, then those of most friction.
std::vector<std::uint32_t> choose_focus(const Summary& summary, std::size_t count_max);

/// Samples while simulate() runs, which has to be the same run as the one that told `end`.
class Sampler final : public Watcher {
public:
    Sampler(const History& run, const friction::FrictionConfig& config,
            std::vector<std::uint32_t> focus, std::size_t samples);

    void before(double time, const friction::Registry& registry) override;
    Series take() { return std::move(series_); }

private:
    void sample(double time, const friction::Registry& registry);

    const History& run_;
    const friction::FrictionConfig& config_;
    std::vector<bool> is_focus_;
    std::size_t taken_ = 0;
    Series series_;
};

}  // namespace sluice::simulate
