// Stories that clients live through before a whole simulated server of three shards.
#pragma once

#include <functional>

#include "tests/sim/sluice_world.h"

namespace sluice::simulation {

struct Stage {
    io::Shard& shard;  // the client's
    Simulation& sim;
    SluiceWorld& world;
};

using Story = std::function<io::Task<void>(io::Shard&)>;
using StageStory = std::function<io::Task<void>(Stage)>;

/// Runs the story once a seed; the first failure ends it.
void run_on_stage(FaultRates faults, const StageStory& story);
void run_story(FaultRates faults, const Story& story);

}  // namespace sluice::simulation
