// Chart axes: where values lie on the page, and round numbers to mark (ticks).
#pragma once

#include <string>
#include <vector>

namespace sluice::simulate {

/// A rectangle of the page with a scale for each direction.
struct Frame {
    double x, y, width, height;  // pixels
    double time_max;             // seconds at the right end; 0 at the left
    double value_max;            // at the top; 0 at the bottom

    double at_time(double seconds) const { return x + width * seconds / time_max; }
    double at_value(double value) const { return y + height * (1 - value / value_max); }
    double right() const { return x + width; }
    double bottom() const { return y + height; }
};

/// The next round number that is not below `value`, which is above 0.
double round_up(double value);

/// Even distances from 0 to `seconds` that clocks have: at most `count` of them.
double time_step(double seconds, int count);

/// A mark on an axis of time whose distance is `step`: "0", "30 s", "5 min", "1:30 h".
std::string time_mark(double seconds, double step);

}  // namespace sluice::simulate
