// DNS cache with single-flight: an upstream's addresses, looked up by one caller for all, and kept
// when a lookup fails.
#pragma once

#include <functional>
#include <vector>

#include "base/clock.h"
#include "io/address.h"
#include "io/cancel.h"
#include "io/event.h"
#include "io/shard.h"
#include "io/task.h"
#include "io/task_group.h"

namespace sluice::http {

/// End it with `co_await close()` where a lookup may be under way.
class AddressCache {
public:
    /// Gives nothing where the name has no address or could not be looked up.
    using Lookup = std::function<io::Task<std::vector<io::Address>>()>;

    /// kept  How long addresses are not looked up again.
    AddressCache(io::Shard& shard, Lookup lookup, Duration kept)
        : shard_(shard), lookup_(std::move(lookup)), kept_(kept), looked_up_(shard) {}

    /// One lookup at a time: whoever comes meanwhile takes the addresses of before, or waits for it
    /// where there are none. Empty: none were ever found, or `scope` was cancelled first.
    io::Task<std::vector<io::Address>> find(io::CancelScope* scope);
    /// None of the addresses answers: the next find() looks again.
    void expire() { fresh_until_ = {}; }

    /// Waits for a lookup that nobody waits for any more.
    io::Task<void> close();

private:
    io::Task<void> look_up();

    io::Shard& shard_;
    Lookup lookup_;
    Duration kept_;
    std::vector<io::Address> addresses_;
    MonotonicTime fresh_until_{};
    io::Event looked_up_;
    io::TaskGroup lookups_;  // at most one
};

}  // namespace sluice::http
