// Polling of the device authorization grant (RFC 8628 §3.4, §3.5): what each poll is answered, and
// how fast a device may ask.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/name_table.h"
#include "storage/expiring_map.h"
#include "storage/text_hash.h"

namespace sluice::oauth {

enum class DeviceStatus : std::uint8_t { pending, approved, denied };

inline constexpr NameTable<DeviceStatus, 3> device_status_names{
    {{"pending", DeviceStatus::pending},
     {"approved", DeviceStatus::approved},
     {"denied", DeviceStatus::denied}}};

enum class DevicePollAnswer : std::uint8_t {
    approved,
    authorization_pending,
    access_denied,
    slow_down,
    expired_token,
    invalid_grant,
};

inline constexpr NameTable<DevicePollAnswer, 6> device_poll_answer_names{
    {{"approved", DevicePollAnswer::approved},
     {"authorization_pending", DevicePollAnswer::authorization_pending},
     {"access_denied", DevicePollAnswer::access_denied},
     {"slow_down", DevicePollAnswer::slow_down},
     {"expired_token", DevicePollAnswer::expired_token},
     {"invalid_grant", DevicePollAnswer::invalid_grant}}};

/// One poll, and what is known of its device code.
struct DevicePoll {
    bool known = false;  // the code was issued, and to this client
    Duration left{};     // until the code expires; still good at zero
    Duration interval{};
    std::optional<Duration> since_last;  // below zero: the clock went back; nothing: the first poll
    std::optional<DeviceStatus> status;  // nothing: one that is not known here
};

/// Pure. Who polls too soon is told so whatever became of the request.
DevicePollAnswer answer_device_poll(const DevicePoll& poll);

/// How fast each device code is polled, on the shard that counts for it. A device that is told to
/// slow down has five seconds more from then on (RFC 8628 §3.5). Bounded: with more codes than
/// `codes_max`, the longest silent ones begin anew.
class DevicePace {
public:
    static constexpr std::size_t codes_max = 50'000;
    static constexpr Duration slow_down_step = std::chrono::seconds{5};

    /// memory  At least as long as a code lives.
    DevicePace(Duration memory, std::uint64_t hash_seed)
        : codes_(memory, codes_max, storage::TextHash{hash_seed}) {}

    struct Step {
        std::optional<Duration> since_last;
        Duration interval{};       // that this poll was to keep
        Duration next_interval{};  // that the next one is to keep
    };
    /// One poll with the code of that key. interval  What it begins with.
    Step step(std::string_view key, Duration interval, MonotonicTime now);

    void expire(MonotonicTime now) { codes_.expire(now, 64); }

private:
    struct Pace {
        Duration interval;
        MonotonicTime last;
    };
    storage::ExpiringMap<std::string, Pace, storage::TextHash> codes_;
};

}  // namespace sluice::oauth
