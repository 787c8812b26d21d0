// Simulation in virtual time: a workload led through the friction registry, call by call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "friction/registry.h"
#include "simulate/workload.h"

namespace sluice::simulate {

/// One call and what it met. Times are seconds since the simulation began.
struct Step {
    double at;
    std::uint32_t client;  // place in History::clients
    std::uint32_t tool;    // place in History::tools
    Outcome outcome;
    bool over_block;  // mode block would refuse it
    friction::Level level;
    double friction;
    double rate;  // smoothed share of the client's calls
    double target;
    double cost;
    double delay;
    std::uint32_t retry_after_seconds;  // of a refused call
};

struct History {
    std::vector<std::string> clients;
    std::vector<std::string> tools;  // the configured ones in their order, then others as they come
    std::size_t configured_tools = 0;
    std::vector<Step> steps;  // in the order of time
    double end = 0;           // of the last call
};

/// Looks at the registry as time goes on.
class Watcher {
public:
    virtual ~Watcher() = default;
    /// Nothing changes in the registry until `time`, where the next call is made.
    virtual void before(double time, const friction::Registry& registry) = 0;
};

/// The same registry, configuration and decisions as a gateway's (of one shard), and nothing random
/// but what the workload makes up. watcher  May be null.
History simulate(Workload& workload, const friction::FrictionConfig& config,
                 Watcher* watcher = nullptr);

}  // namespace sluice::simulate
