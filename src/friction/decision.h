// Friction decision: what the controller thinks of one call.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::friction {

/// How much resistance a tool meets, for logs, metrics and models.
enum class Level : std::uint8_t {
    none,     // friction is exactly 0
    low,      // below 0.3
    medium,   // from 0.3
    high,     // from justification_threshold
    blocked,  // from hard_block_threshold; wins over the others
};

/// "NONE", "LOW", "MEDIUM", "HIGH" or "BLOCKED".
std::string_view level_name(Level level);

/// Why a decision is as it is; the first that applies, in the order of the refusals.
enum class Reason : std::uint8_t {
    not_configured,          // the tool has no friction
    insufficient_budget,     // the call costs more than the client has left: refused
    blocked,                 // friction has reached hard_block_threshold: refused
    justification_required,  // allowed; a reason is asked for
    allowed,
};

struct Decision {
    bool allowed = true;
    bool justification_required = false;  // friction has reached justification_threshold
    bool saturation_detected = false;     // the tool's target has been raised by saturation relief
    Level level = Level::none;
    Reason reason = Reason::not_configured;
    double friction = 0;          // 0 to 1
    double cost = 0;              // what the call costs (or would cost) of the budget
    double current_rate = 0;      // smoothed fraction of the client's calls; of the window's, for a
                                  // tool without friction
    double target_rate = 0;       // the tool's, as configured
    double effective_target = 0;  // the tool's, with saturation relief
    double budget = 0;            // what the client had left before the call
    double hard_block_threshold = 0;  // the tool's

    // Of a refused call, else 0: whole seconds after which the same call passes if the client makes
    // none until then. Where waiting alone changes nothing, `waiting_helps` is false and this is
    // retry_after_fallback_seconds, a polite pause without promise.
    std::uint32_t retry_after_seconds = 0;
    bool waiting_helps = true;

    /// One plain line: "Blocked: friction 0.97 >= threshold 0.95". Formatted here, so that a call
    /// that passes unlogged costs nothing for it.
    std::string message() const;
    void append_message(std::string& out) const;
};

constexpr std::uint32_t retry_after_fallback_seconds = 60;
constexpr std::uint32_t retry_after_seconds_max = 31'536'000;  // a year

}  // namespace sluice::friction
