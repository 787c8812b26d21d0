// Distributed rate limit interface: windows that several boxes count together, and ids that may be
// used once (replay). It does without durability: where nobody answers, each box decides by what it
// has itself.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "base/clock.h"
#include "io/cancel.h"
#include "io/task.h"

namespace sluice::storage {

/// How often something may happen in any window.
struct WindowLimit {
    std::uint32_t requests = 0;
    Duration window{};
};

/// Nobody answered in time: the caller decides alone. Whether it was counted is unknown. Announced
/// by whoever gives it, so the caller need not.
struct Away {};

template <class T>
using Shared = std::expected<T, Away>;

/// What one shard asked so far.
struct SharedWindowsCounts {
    std::uint64_t answered = 0;
    std::uint64_t decided_alone = 0;
};

/// One shard's access; every function is called on that shard. Views live until the task ends.
class SharedWindows {
public:
    virtual ~SharedWindows() = default;

    /// Its own work on this shard, until `scope` is cancelled; then it waits until nothing is under
    /// way and lets go of everything.
    virtual io::Task<void> run(io::CancelScope& scope) = 0;

    /// How long `key` has to wait, a second at least; zero: it may go on, and that was counted. The
    /// same arithmetic as that of a box's own windows (oauth::SlidingWindow).
    virtual io::Task<Shared<Seconds>> admit(std::string_view key, WindowLimit limit) = 0;

    /// True for exactly one caller within `lifetime`: `id` was not claimed before.
    virtual io::Task<Shared<bool>> claim(std::string_view id, Duration lifetime) = 0;

    virtual SharedWindowsCounts counts() const = 0;
};

/// Told on the shard where it was noticed, once for the process: an end only after a beginning.
class SharedWindowsListener {
public:
    virtual ~SharedWindowsListener() = default;
    /// From now on shards decide alone. reason  What an operator can mend; no secret.
    virtual void on_windows_away(std::string_view reason) = 0;
    virtual void on_windows_back() = 0;
};

}  // namespace sluice::storage
