// How often a simulated ring does what a kernel may do and seldom does.
#pragma once

#include "base/clock.h"

namespace sluice::simulation {

/// Chances in thousandths, taken at each occasion.
struct FaultRates {
    unsigned short_send = 0;     // a send takes only a part
    unsigned short_receive = 0;  // a receive gives only a part of what is there
    unsigned receive_ends = 0;   // a multishot receive ends: -ENOBUFS, or bytes without `more`
    unsigned accept_ends = 0;    // a multishot accept ends with its connection
    unsigned cancel_loses = 0;   // a cancelled operation succeeds where it can
    unsigned reset = 0;          // a connection breaks at a send or a receive
    unsigned refuse = 0;         // a connect is refused
    unsigned no_descriptor = 0;  // EMFILE where a descriptor would be made
    unsigned delay = 0;          // a completion comes later, by at most:
    Duration delay_max = Duration::zero();

    static FaultRates none() { return {}; }
    /// What a shard must take without anybody noticing: no connection is lost.
    static FaultRates harmless() {
        return {.short_send = 150,
                .short_receive = 250,
                .receive_ends = 60,
                .accept_ends = 150,
                .cancel_loses = 500,
                .delay = 60,
                .delay_max = std::chrono::milliseconds{20}};
    }
    /// The same, and connections that break or never come to be.
    static FaultRates some() {
        FaultRates rates = harmless();
        rates.reset = 3;
        rates.refuse = 20;
        rates.no_descriptor = 10;
        return rates;
    }
};

}  // namespace sluice::simulation
