#include "friction/tool_guard.h"

#include <thread>
#include <utility>

#include "base/check.h"
#include "base/random.h"

namespace sluice::friction {
namespace {

HashKey random_key() {
    SystemRandom random;
    const std::uint64_t first = random.next_u64();
    return {first, random.next_u64()};
}

/// Keeps what is told under the lock until the lock is released.
class Collected final : public SaturationListener {
public:
    void on_saturation(const SaturationEvent& event) override { events.push_back(event); }
    std::vector<SaturationEvent> events;
};

}  // namespace

ToolGuard::ToolGuard(FrictionConfig config, GuardOptions options)
    : config_(std::move(config)), options_(std::move(options)), registry_(config_, random_key()) {}

Moment ToolGuard::now() const {
    Clock& clock = options_.clock != nullptr ? *options_.clock : system_clock_;
    return clock.monotonic().time_since_epoch();
}

std::expected<void, Refusal> ToolGuard::admit(const Caller& caller, std::string_view tool) {
    const Admission admission = decide(caller, tool);
    if (!admission.forward) {
        return std::unexpected(
            Refusal{std::string(tool), admission.decision, admission.asks_reason});
    }
    CHECK(!admission.asks_reason, "what waits for a reason is not forwarded");
    if (admission.delay > Moment::zero()) {
        const auto delay = std::chrono::duration_cast<Duration>(admission.delay);
        if (options_.wait) {
            options_.wait(delay);
        } else {
            std::this_thread::sleep_for(delay);
        }
    }
    return {};
}

Admission ToolGuard::decide(const Caller& caller, std::string_view tool) {
    const Justification justification =
        caller.justification.empty() ? Justification::absent : Justification::given;
    Collected collected;
    Admission admission;
    {
        // The time is taken under the lock: a client's calls are decided in its order.
        const std::lock_guard lock(mutex_);
        admission =
            registry_.admit(caller.client, config_.tool(tool), now(), justification, &collected);
    }
    if (options_.listener != nullptr) {
        options_.listener->on_decision(caller, tool, admission);
        tell(caller, collected.events);
    }
    return admission;
}

void ToolGuard::record(const Caller& caller, std::string_view tool) {
    Collected collected;
    {
        const std::lock_guard lock(mutex_);
        registry_.record(caller.client, config_.tool(tool), now(), &collected);
    }
    if (options_.listener != nullptr) tell(caller, collected.events);
}

void ToolGuard::tell(const Caller& caller, const std::vector<SaturationEvent>& events) {
    for (const SaturationEvent& event : events) options_.listener->on_saturation(caller, event);
}

Decision ToolGuard::check(std::string_view client, std::string_view tool) const {
    const ToolId id = config_.tool(tool);
    {
        const std::lock_guard lock(mutex_);
        if (const Controller* known = registry_.find(client)) return known->check(id, now());
    }
    return Controller(config_).check(id, Moment::zero());
}

std::optional<ClientStatus> ToolGuard::status(std::string_view client) const {
    const std::lock_guard lock(mutex_);
    const Controller* const known = registry_.find(client);
    if (known == nullptr) return std::nullopt;
    const Moment at = now();
    ClientStatus status{known->budget(), {}};
    for (const ToolPolicy& tool : config_.tools()) {
        const ToolId id = config_.tool(tool.name);
        status.tools.push_back({tool.name, known->check(id, at), known->window_rate(id)});
    }
    return status;
}

std::size_t ToolGuard::clients() const {
    const std::lock_guard lock(mutex_);
    return registry_.size();
}

bool ToolGuard::forget(std::string_view client) {
    const std::lock_guard lock(mutex_);
    return registry_.forget(client);
}

bool ToolGuard::reset_budget(std::string_view client) {
    const std::lock_guard lock(mutex_);
    return registry_.reset_budget(client);
}

}  // namespace sluice::friction
