// Thread-safe friction guard for a server of one's own: a registry behind a lock, with its clock.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "friction/registry.h"

namespace sluice::friction {

/// Who calls, for the time of one call. A text alone is a client without a reason.
struct Caller {
    template <std::convertible_to<std::string_view> Text>
    Caller(const Text& key, std::string_view reason = {})  // NOLINT: a text is a caller
        : client(key), justification(reason) {}

    /// Whom the call is counted for. Make it of what was verified (a token's issuer, client and
    /// subject), never of a session or an address, or a reconnect washes friction off.
    std::string_view client;
    std::string_view justification;  // the client's own words; empty: it gives none
};

/// Why a call was held back: the tool was not run, and the call not counted.
struct Refusal {
    std::string tool;
    Decision decision;
    bool asks_reason = false;  // the same call passes at once with a justification

    Level level() const { return decision.level; }
    double friction() const { return decision.friction; }
    /// The same call passes after this time without calls; 0 where a reason is asked for. No
    /// promise where decision.waiting_helps is false.
    Seconds retry_after() const { return Seconds{decision.retry_after_seconds}; }
    /// One plain line: "Blocked: friction 0.97 >= threshold 0.95".
    std::string message() const { return decision.message(); }
};

/// Told of every call, for logs and metrics, on the thread that makes it and after the decision;
/// it may ask the guard. Views are valid during the call only.
class GuardListener {
public:
    virtual ~GuardListener() = default;
    virtual void on_decision(const Caller& /*caller*/, std::string_view /*tool*/,
                             const Admission& /*admission*/) {}
    /// A tool's target begins to give way; at most once for a client's tool.
    virtual void on_saturation(const Caller& /*caller*/, const SaturationEvent& /*event*/) {}
};

/// What a guard is handed; all of it outlives the guard.
struct GuardOptions {
    Clock* clock = nullptr;  // its monotonic time; null: the system's
    /// How a call waits in mode delay. Empty: the calling thread sleeps. A server that has no
    /// thread to spare asks decide() and holds the call itself.
    std::function<void(Duration)> wait{};
    GuardListener* listener = nullptr;
};

struct ToolStatus {
    std::string_view tool;  // as long as the guard lives
    Decision decision;      // what a call would meet now
    double window_rate;     // the unsmoothed fraction of the window's calls
};

struct ClientStatus {
    double budget;
    std::vector<ToolStatus> tools;  // in the configuration's order
};

/// One for a server, or one for each group of tools that are counted together. Every function may
/// be called from any thread at any time. A lock is held while a decision is made, some 100 ns, and
/// never while a call waits, a listener is told, or a tool runs.
class ToolGuard {
public:
    explicit ToolGuard(FrictionConfig config, GuardOptions options = {});
    ToolGuard(const ToolGuard&) = delete;
    ToolGuard& operator=(const ToolGuard&) = delete;

    /// Decides on a call, counts and charges it if it passes, and waits as long as the tool's mode
    /// says. A tool that the configuration does not have passes, and counts for the shares of all.
    std::expected<void, Refusal> admit(const Caller& caller, std::string_view tool);

    /// admit() without the wait: that is Admission::delay, and the caller's affair.
    Admission decide(const Caller& caller, std::string_view tool);

    /// Counts and charges a call whatever is thought of it.
    void record(const Caller& caller, std::string_view tool);

    /// What a call would meet; changes nothing. Of a client that is not known (any more), what a
    /// new one's would.
    Decision check(std::string_view client, std::string_view tool) const;

    /// Nothing for a client that is not known (any more).
    std::optional<ClientStatus> status(std::string_view client) const;
    std::size_t clients() const;

    /// Forgives a client all it has accrued; false where there was nothing.
    bool forget(std::string_view client);
    /// Gives a client default_budget anew; false for one that is not known.
    bool reset_budget(std::string_view client);

    const FrictionConfig& config() const { return config_; }

private:
    Moment now() const;
    void tell(const Caller& caller, const std::vector<SaturationEvent>& events);

    const FrictionConfig config_;
    mutable SystemClock system_clock_;
    const GuardOptions options_;
    mutable std::mutex mutex_;
    Registry registry_;  // under mutex_
};

}  // namespace sluice::friction
