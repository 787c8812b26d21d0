// What a scenario needs before it can be measured: tokens issued, users signed in.
#pragma once

#include <atomic>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "loadgen/progress.h"
#include "loadgen/run.h"
#include "loadgen/scenario.h"
#include "loadgen/settings.h"
#include "loadgen/token_set.h"

namespace sluice::loadgen {

/// A scenario with everything it needs; outlives what it makes.
class PreparedScenario {
public:
    Preparation preparation;
    std::vector<TokenSet> tokens;                          // one set for each thread
    std::vector<std::vector<std::string>> refresh_tokens;  // of each thread's users
    std::function<std::unique_ptr<Scenario>(const PreparedScenario&, unsigned thread)> factory;

    std::unique_ptr<Scenario> make(unsigned thread) const { return factory(*this, thread); }
};

/// Errors: settings that contradict each other, a server that gives no tokens; in a sentence.
std::expected<PreparedScenario, std::string> prepare(const Settings& settings, const Target& target,
                                                     Clock& clock, const std::atomic<bool>& stop,
                                                     ProgressLine& progress);

}  // namespace sluice::loadgen
