// The controllers' part of the C interface: a registry behind a lock.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <deque>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/random.h"
#include "friction/registry.h"
#include "friction_config.h"
#include "include/sluice_friction.h"

namespace friction = sluice::friction;

static_assert(static_cast<int>(friction::Level::none) == SLUICE_FRICTION_NONE &&
              static_cast<int>(friction::Level::blocked) == SLUICE_FRICTION_BLOCKED);
static_assert(static_cast<int>(friction::Reason::not_configured) ==
                  SLUICE_FRICTION_NOT_CONFIGURED &&
              static_cast<int>(friction::Reason::allowed) == SLUICE_FRICTION_ALLOWED);

namespace {

constexpr std::size_t saturations_max = 1024;

friction::HashKey random_key() {
    sluice::SystemRandom random;
    const std::uint64_t first = random.next_u64();
    return {first, random.next_u64()};
}

}  // namespace

struct sluice_friction {
    explicit sluice_friction(friction::FrictionConfig validated)
        : config(std::move(validated)), registry(config, random_key()) {}

    struct Saturation {
        std::string client;
        friction::SaturationEvent event;
    };

    const friction::FrictionConfig config;
    std::mutex mutex;
    friction::Registry registry;           // under mutex
    std::deque<Saturation> saturations{};  // under mutex
};

namespace {

/// Keeps what one call reports for sluice_friction_take_saturation().
class Listener final : public friction::SaturationListener {
public:
    Listener(sluice_friction& owner, std::string_view client) : owner_(owner), client_(client) {}

    void on_saturation(const friction::SaturationEvent& event) override {
        if (owner_.saturations.size() == saturations_max) owner_.saturations.pop_front();
        owner_.saturations.push_back({std::string(client_), event});
    }

private:
    sluice_friction& owner_;
    std::string_view client_;
};

void write(const friction::Decision& from, sluice_friction_decision* to) {
    if (to == nullptr) return;
    *to = {.friction = from.friction,
           .cost = from.cost,
           .current_rate = from.current_rate,
           .target_rate = from.target_rate,
           .effective_target = from.effective_target,
           .budget = from.budget,
           .hard_block_threshold = from.hard_block_threshold,
           .delay_seconds = 0,
           .retry_after_seconds = from.retry_after_seconds,
           .level = static_cast<std::uint8_t>(from.level),
           .reason = static_cast<std::uint8_t>(from.reason),
           .allowed = from.allowed,
           .forward = from.allowed,
           .asks_reason = 0,
           .justification_required = from.justification_required,
           .saturation_detected = from.saturation_detected,
           .waiting_helps = from.waiting_helps};
}

bool is_tool(const friction::FrictionConfig& config, std::uint32_t tool) {
    return tool < config.tool_count() ||
           (tool >= friction::ToolId::unlisted_bit && tool <= UINT16_MAX);
}

friction::ToolId tool_id(std::uint32_t tool) {
    return tool < friction::ToolId::unlisted_bit
               ? friction::ToolId::listed(static_cast<std::uint16_t>(tool))
               : friction::ToolId::unlisted(tool);
}

/// Runs `act` under the lock with the client's text, where the arguments are good.
template <class Act>
sluice_friction_status with_client(sluice_friction* owner, const char* client, size_t size,
                                   Act&& act) noexcept {
    if (owner == nullptr || (client == nullptr && size > 0) || size > UINT32_MAX)
        return SLUICE_FRICTION_BAD_ARGUMENT;
    try {
        const std::lock_guard lock(owner->mutex);
        return act(std::string_view(client, size));
    } catch (const std::bad_alloc&) {
        return SLUICE_FRICTION_NO_MEMORY;
    }
}

/// with_client() for a call of a tool at a moment.
template <class Act>
sluice_friction_status with_call(sluice_friction* owner, const char* client, size_t size,
                                 std::uint32_t tool, double now, Act&& act) noexcept {
    if (owner == nullptr || !is_tool(owner->config, tool) || !std::isfinite(now))
        return SLUICE_FRICTION_BAD_ARGUMENT;
    return with_client(owner, client, size, [&](std::string_view text) {
        Listener listener(*owner, text);
        act(text, tool_id(tool), friction::Moment(now), listener);
        return SLUICE_FRICTION_OK;
    });
}

std::size_t copy_text(std::string_view from, char* to, std::size_t capacity) {
    if (to == nullptr || capacity == 0) return from.size();
    const std::size_t copied = std::min(from.size(), capacity - 1);
    std::memcpy(to, from.data(), copied);
    to[copied] = '\0';
    return from.size();
}

}  // namespace

extern "C" {

uint32_t sluice_friction_abi(void) {
    return SLUICE_FRICTION_ABI;
}

sluice_friction* sluice_friction_new(const sluice_friction_config* config, char* why,
                                     size_t why_size) {
    try {
        copy_text("", why, why_size);
        if (config == nullptr) {
            copy_text("config: is NULL\n", why, why_size);
            return nullptr;
        }
        auto validated = friction::validate(config->raw);
        if (validated) return new sluice_friction(*std::move(validated));
        std::string text;
        for (const friction::Problem& problem : validated.error()) {
            text += problem.key + ": " + problem.text + "\n";
        }
        copy_text(text, why, why_size);
    } catch (const std::bad_alloc&) {
        copy_text("no memory\n", why, why_size);
    }
    return nullptr;
}

void sluice_friction_free(sluice_friction* owner) {
    delete owner;
}

double sluice_friction_now(void) {
    return friction::Moment(std::chrono::steady_clock::now().time_since_epoch()).count();
}

uint32_t sluice_friction_tool(const sluice_friction* owner, const char* name, size_t size) {
    if (owner == nullptr || (name == nullptr && size > 0)) return UINT32_MAX;
    return owner->config.tool(std::string_view(name, size)).value();
}

const char* sluice_friction_tool_name(const sluice_friction* owner, uint32_t tool) {
    if (owner == nullptr || tool >= owner->config.tool_count()) return nullptr;
    return owner->config.tools()[tool].name.c_str();
}

sluice_friction_status sluice_friction_admit(sluice_friction* owner, const char* client,
                                             size_t client_size, uint32_t tool, double now,
                                             int justified, sluice_friction_decision* decision) {
    const auto justification =
        justified != 0 ? friction::Justification::given : friction::Justification::absent;
    return with_call(owner, client, client_size, tool, now,
                     [&](std::string_view text, friction::ToolId id, friction::Moment moment,
                         Listener& listener) {
                         const friction::Admission admission =
                             owner->registry.admit(text, id, moment, justification, &listener);
                         if (decision == nullptr) return;
                         write(admission.decision, decision);
                         decision->forward = admission.forward;
                         decision->asks_reason = admission.asks_reason;
                         decision->delay_seconds = admission.delay.count();
                     });
}

sluice_friction_status sluice_friction_check_and_record(sluice_friction* owner, const char* client,
                                                        size_t client_size, uint32_t tool,
                                                        double now,
                                                        sluice_friction_decision* decision) {
    return with_call(owner, client, client_size, tool, now,
                     [&](std::string_view text, friction::ToolId id, friction::Moment moment,
                         Listener& listener) {
                         write(owner->registry.check_and_record(text, id, moment, &listener),
                               decision);
                     });
}

sluice_friction_status sluice_friction_record(sluice_friction* owner, const char* client,
                                              size_t client_size, uint32_t tool, double now) {
    return with_call(
        owner, client, client_size, tool, now,
        [&](std::string_view text, friction::ToolId id, friction::Moment moment,
            Listener& listener) { owner->registry.record(text, id, moment, &listener); });
}

sluice_friction_status sluice_friction_check(sluice_friction* owner, const char* client,
                                             size_t client_size, uint32_t tool, double now,
                                             sluice_friction_decision* decision) {
    return with_call(
        owner, client, client_size, tool, now,
        [&](std::string_view text, friction::ToolId id, friction::Moment moment, Listener&) {
            const friction::Controller* const known = owner->registry.find(text);
            write(known != nullptr
                      ? known->check(id, moment)
                      : friction::Controller(owner->config).check(id, friction::Moment::zero()),
                  decision);
        });
}

size_t sluice_friction_message(const sluice_friction_decision* decision, char* text,
                               size_t capacity) {
    if (decision == nullptr || decision->reason > SLUICE_FRICTION_ALLOWED)
        return copy_text("", text, capacity);
    try {
        friction::Decision from;
        from.reason = static_cast<friction::Reason>(decision->reason);
        from.friction = decision->friction;
        from.cost = decision->cost;
        from.budget = decision->budget;
        from.hard_block_threshold = decision->hard_block_threshold;
        return copy_text(from.message(), text, capacity);
    } catch (const std::bad_alloc&) {
        return copy_text("", text, capacity);
    }
}

const char* sluice_friction_level_name(uint8_t level) {
    if (level > SLUICE_FRICTION_BLOCKED) return "";
    return friction::level_name(static_cast<friction::Level>(level)).data();
}

sluice_friction_status sluice_friction_budget(sluice_friction* owner, const char* client,
                                              size_t client_size, double* budget) {
    if (budget == nullptr) return SLUICE_FRICTION_BAD_ARGUMENT;
    return with_client(owner, client, client_size, [&](std::string_view text) {
        const friction::Controller* const known = owner->registry.find(text);
        if (known == nullptr) return SLUICE_FRICTION_NOT_FOUND;
        *budget = known->budget();
        return SLUICE_FRICTION_OK;
    });
}

sluice_friction_status sluice_friction_window_rate(sluice_friction* owner, const char* client,
                                                   size_t client_size, uint32_t tool,
                                                   double* rate) {
    if (owner == nullptr || rate == nullptr || !is_tool(owner->config, tool))
        return SLUICE_FRICTION_BAD_ARGUMENT;
    return with_client(owner, client, client_size, [&](std::string_view text) {
        const friction::Controller* const known = owner->registry.find(text);
        if (known == nullptr) return SLUICE_FRICTION_NOT_FOUND;
        *rate = known->window_rate(tool_id(tool));
        return SLUICE_FRICTION_OK;
    });
}

sluice_friction_status sluice_friction_reset_budget(sluice_friction* owner, const char* client,
                                                    size_t client_size) {
    return with_client(owner, client, client_size, [&](std::string_view text) {
        return owner->registry.reset_budget(text) ? SLUICE_FRICTION_OK : SLUICE_FRICTION_NOT_FOUND;
    });
}

sluice_friction_status sluice_friction_forget(sluice_friction* owner, const char* client,
                                              size_t client_size) {
    return with_client(owner, client, client_size, [&](std::string_view text) {
        return owner->registry.forget(text) ? SLUICE_FRICTION_OK : SLUICE_FRICTION_NOT_FOUND;
    });
}

size_t sluice_friction_clients(sluice_friction* owner) {
    if (owner == nullptr) return 0;
    const std::lock_guard lock(owner->mutex);
    return owner->registry.size();
}

sluice_friction_status sluice_friction_take_saturation(sluice_friction* owner,
                                                       sluice_friction_saturation* saturation,
                                                       char* client, size_t client_capacity,
                                                       size_t* client_size) {
    if (owner == nullptr || saturation == nullptr) return SLUICE_FRICTION_BAD_ARGUMENT;
    const std::lock_guard lock(owner->mutex);
    if (owner->saturations.empty()) return SLUICE_FRICTION_NOT_FOUND;
    const auto& [text, event] = owner->saturations.front();
    *saturation = {event.effective_target, event.target_rate, event.tool.value(), 0};
    const std::size_t copied = std::min(text.size(), client != nullptr ? client_capacity : 0);
    if (copied > 0) std::memcpy(client, text.data(), copied);
    if (client_size != nullptr) *client_size = text.size();
    owner->saturations.pop_front();
    return SLUICE_FRICTION_OK;
}

}  // extern "C"
