#include "simulate/axis.h"

#include <fmt/format.h>

#include <cmath>

namespace sluice::simulate {

double round_up(double value) {
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double factor : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0}) {
        if (factor * power >= value * (1 - 1e-9)) return factor * power;
    }
    return 10 * power;
}

double time_step(double seconds, int count) {
    for (const double step : {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800,
                              21600, 43200, 86400}) {
        if (seconds / step <= count) return step;
    }
    return 86400 * round_up(seconds / count / 86400);
}

std::string time_mark(double seconds, double step) {
    const auto whole = static_cast<long long>(std::llround(seconds));
    if (whole == 0) return "0";
    if (step < 60) {
        if (whole < 60) return fmt::format("{} s", whole);
        return fmt::format("{}:{:02} min", whole / 60, whole % 60);
    }
    if (step >= 86400) return fmt::format("{} d", whole / 86400);
    if (whole < 3600) return fmt::format("{} min", whole / 60);
    if (whole % 3600 == 0) return fmt::format("{} h", whole / 3600);
    return fmt::format("{}:{:02} h", whole / 3600, whole / 60 % 60);
}

}  // namespace sluice::simulate
