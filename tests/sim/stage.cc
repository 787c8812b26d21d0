#include "tests/sim/stage.h"

#include <gtest/gtest.h>

namespace sluice::simulation {

void run_on_stage(FaultRates faults, const StageStory& story) {
    // Few by default: each signs in, and checking a password takes long.
    for (const std::uint64_t seed : seeds(12)) {
        auto world = std::make_unique<SluiceWorld>();
        Simulation sim(seed, 3, {.faults = faults, .client_shards = 2, .timers_end = false});
        world->start(sim, 1);
        sim.start_client([&](io::Shard& shard) -> io::Task<void> {
            co_await story({shard, sim, *world});
            world->stop_upstream();
        });
        const bool ended = sim.run();
        if (ended) {
            world->end();
        } else {
            static_cast<void>(world.release());
        }
        if (!ended || testing::Test::HasFailure()) return;
    }
}

void run_story(FaultRates faults, const Story& story) {
    run_on_stage(faults, [&story](Stage stage) { return story(stage.shard); });
}

}  // namespace sluice::simulation
