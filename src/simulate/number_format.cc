#include "simulate/number_format.h"

#include <fmt/format.h>

#include <cmath>

namespace sluice::simulate {

std::string_view mode_name(friction::Mode mode) {
    switch (mode) {
        case friction::Mode::block:
            return "block";
        case friction::Mode::delay:
            return "delay";
        case friction::Mode::ladder:
            return "ladder";
        case friction::Mode::observe:
            return "observe";
    }
    return "";
}

std::string_view outcome_name(Outcome outcome) {
    switch (outcome) {
        case Outcome::passed:
            return "passed";
        case Outcome::delayed:
            return "delayed";
        case Outcome::asked:
            return "asked";
        case Outcome::refused:
            return "refused";
    }
    return "";
}

std::string time_text(double seconds) {
    if (seconds < 10) return fmt::format("{:.3g} s", std::round(seconds * 10) / 10);
    const auto whole = static_cast<long long>(std::llround(seconds));
    if (whole < 60) return fmt::format("{} s", whole);
    const long long minutes = whole / 60;
    if (minutes >= 60) {
        const long long rest = minutes % 60;
        return rest == 0 ? fmt::format("{} h", minutes / 60)
                         : fmt::format("{} h {} min", minutes / 60, rest);
    }
    return whole % 60 == 0 ? fmt::format("{} min", minutes)
                           : fmt::format("{} min {} s", minutes, whole % 60);
}

std::string percent_text(double share) {
    return fmt::format("{:.3g} %", share * 100);
}

std::string count_text(std::size_t count, std::string_view thing) {
    return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

}  // namespace sluice::simulate
