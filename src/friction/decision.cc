// Decisions in words.
#include "friction/decision.h"

#include <fmt/format.h>

#include <iterator>

namespace sluice::friction {
namespace {

/// The shortest decimal that reads back as `value`, and a fraction always: 0.95, 1.0.
void append_threshold(std::string& out, double value) {
    const std::size_t start = out.size();
    fmt::format_to(std::back_inserter(out), "{}", value);
    if (out.find_first_not_of("0123456789", start) == std::string::npos) out += ".0";
}

}  // namespace

std::string_view level_name(Level level) {
    switch (level) {
        case Level::none:
            return "NONE";
        case Level::low:
            return "LOW";
        case Level::medium:
            return "MEDIUM";
        case Level::high:
            return "HIGH";
        case Level::blocked:
            return "BLOCKED";
    }
    return "";
}

void Decision::append_message(std::string& out) const {
    const auto to = std::back_inserter(out);
    switch (reason) {
        case Reason::not_configured:
            out += "No friction configured";
            return;
        case Reason::insufficient_budget:
            fmt::format_to(to, "Insufficient budget: {:.1f} < {:.1f}", budget, cost);
            return;
        case Reason::blocked:
            fmt::format_to(to, "Blocked: friction {:.2f} >= threshold ", friction);
            append_threshold(out, hard_block_threshold);
            return;
        case Reason::justification_required:
            fmt::format_to(to, "Justification required: friction {:.2f}, cost {:.1f}", friction,
                           cost);
            return;
        case Reason::allowed:
            fmt::format_to(to, "Allowed: friction {:.2f}, cost {:.1f}", friction, cost);
            return;
    }
}

std::string Decision::message() const {
    std::string text;
    append_message(text);
    return text;
}

}  // namespace sluice::friction
