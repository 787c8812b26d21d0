// Whole shards in one thread, under a virtual clock, on a network whose faults a seed decides.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ranges>
#include <string>
#include <vector>

#include "base/clock.h"
#include "io/event.h"
#include "io/shard.h"
#include "io/task.h"
#include "tests/support/fault_ring.h"
#include "tests/support/simulated_network.h"

namespace sluice::simulation {

/// Simulation sim(seed, shards); sim.start(root); sim.start_client(client); EXPECT_TRUE(sim.run());
///
/// Server shards know each other as the shards of a process do; each client shard is a process of
/// its own. A coroutine lambda may capture by reference here: the simulation keeps the function
/// objects until it ends, and what they refer to must be declared before the simulation. While it
/// lives, every failure of a test names its seed.
class Simulation {
public:
    struct Options {
        FaultRates faults = FaultRates::none();  // on every ring
        unsigned client_shards = 1;
        unsigned buffers = 16;  // of each ring; few, so that an empty pool is a common thing
        unsigned buffer_bytes = 1024;
        Duration time_max = std::chrono::hours{1};  // virtual
        bool timers_end = true;                     // a timer that runs at the end is a failure
    };

    Simulation(std::uint64_t seed, unsigned shards) : Simulation(seed, shards, Options{}) {}
    Simulation(std::uint64_t seed, unsigned shards, Options options);
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;
    ~Simulation();

    /// As Runtime::Root: a shard's whole work; ends some time after `stop` was set.
    using Root = std::function<io::Task<void>(io::Shard&, io::Event& stop)>;
    using Client = std::function<io::Task<void>(io::Shard&)>;

    /// Starts `root` on every server shard; clients may connect from the next turn on.
    void start(Root root);
    /// Starts one more client on client shard `on`.
    void start_client(Client client, unsigned on = 0);

    /// Turns the shards until all clients have ended, then stops the roots (drain) and turns on
    /// until they have ended too. False, with a test failure that names the seed, where virtual
    /// time runs out, nothing can happen any more, or something is leaked.
    bool run();
    /// Turns the shards until `done` gives true; false, with a test failure, as run().
    bool run_until(const std::function<bool()>& done);
    /// Sets every server shard's stop event, as SIGTERM does.
    void request_stop();

    std::uint64_t seed() const { return seed_; }
    Dice& dice() { return dice_; }
    ManualClock& clock() { return clock_; }
    SimulatedNetwork& network() { return network_; }
    io::Shard& shard(unsigned index) { return *members_[index]->shard; }
    FaultRing& ring(unsigned index) { return *members_[index]->ring; }
    io::Shard& client_shard(unsigned index = 0) { return *members_[shards_ + index]->shard; }
    FaultRing& client_ring(unsigned index = 0) { return *members_[shards_ + index]->ring; }
    /// Virtual time since the start.
    Duration elapsed() const { return const_cast<ManualClock&>(clock_).monotonic() - started_; }
    void set_rates(FaultRates rates);

private:
    struct Member {
        FaultRing* ring = nullptr;
        std::unique_ptr<io::Shard> shard;
        std::unique_ptr<io::Event> stop;
    };
    struct Running;

    void add_member(unsigned index);
    bool turn_all();
    bool let_time_pass();
    bool fail(const std::string& why);
    bool check_leaks();

    std::uint64_t seed_;
    testing::ScopedTrace names_seed_;
    Options options_;
    Dice dice_;
    ManualClock clock_;
    MonotonicTime started_;
    SimulatedNetwork network_;
    unsigned shards_;
    std::vector<std::unique_ptr<Member>> members_;  // server shards, then client shards
    std::vector<std::unique_ptr<Running>> roots_;
    std::vector<std::unique_ptr<Running>> clients_;
    bool failed_ = false;
};

/// How many seeds a simulation test runs: SLUICE_SIM_SEEDS, or `usual`; one where SLUICE_SIM_SEED
/// names it.
std::uint64_t seed_count(std::uint64_t usual = 200);

using Seeds = std::ranges::iota_view<std::uint64_t, std::uint64_t>;
/// From 1 on; or SLUICE_SIM_SEED alone, to look at one run.
Seeds seeds(std::uint64_t usual = 200);

}  // namespace sluice::simulation
