// Dashboard figures: rates and percentiles from counts, and how they went over time.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <vector>

#include "base/clock.h"
#include "metrics/resource_numbers.h"

namespace sluice::admin {

struct ToolFrame {
    double share = 0;     // of the calls of the last minute
    double friction = 0;  // the most that a call met in that minute
    std::array<double, metrics::call_outcomes> per_second{};  // calls
};

struct ResourceFrame {
    double per_second = 0;             // requests
    double failed_per_second = 0;      // answered 5xx
    double unverified_per_second = 0;  // requests without a token, or with one that is no good
    double slowed_per_second = 0;      // of them, for too many from one address
    double p50_ms = 0;                 // 0: no request
    double p99_ms = 0;
    double other_per_second = 0;  // calls of tools without friction
    std::vector<ToolFrame> tools;
};

/// What happened between two counts, `seconds` apart.
ResourceFrame make_frame(const metrics::ResourceNumbers& before,
                         const metrics::ResourceNumbers& now, double seconds);

/// The time within which `part` of the requests counted between the two were answered, in
/// milliseconds: estimated within the bucket that it falls into.
double quantile_ms(const metrics::Counters::PerRoute& before,
                   const metrics::Counters::PerRoute& now, double part);

/// Takes counts once a second; gives frames of the last seconds, and a thinned history of them.
class Timeline {
public:
    static constexpr std::size_t span = 5;          // counts that a frame looks back
    static constexpr std::size_t points_max = 360;  // of the history, `span` seconds apart

    struct Point {
        WallTime time{};
        std::vector<ResourceFrame> frames;
    };

    void add(std::vector<metrics::ResourceNumbers> numbers, MonotonicTime now, WallTime wall);

    /// Counts taken so far.
    std::size_t ticks() const { return ticks_; }
    /// Points ever added to the history.
    std::size_t points() const { return points_; }
    const std::vector<metrics::ResourceNumbers>& numbers() const { return recent_.back().numbers; }
    const Point& latest() const { return latest_; }
    const std::deque<Point>& history() const { return history_; }

private:
    struct Count {
        MonotonicTime at{};
        std::vector<metrics::ResourceNumbers> numbers;
    };
    std::deque<Count> recent_;
    std::deque<Point> history_;
    Point latest_;
    std::size_t ticks_ = 0;
    std::size_t points_ = 0;
};

}  // namespace sluice::admin
