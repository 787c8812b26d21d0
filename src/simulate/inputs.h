// Simulation inputs: the friction of one resource, and somebody who calls.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "friction/config.h"
#include "simulate/command.h"
#include "simulate/trace.h"
#include "simulate/workload.h"

namespace sluice::simulate {

struct Subject {
    std::string resource;  // the path
    std::shared_ptr<const friction::FrictionConfig> friction;
};

/// The resource that the command names, or the only one with friction; friction that is not enabled
/// counts as if it were, since it is tried before it is turned on. Errors: text for a person, also
/// of several lines.
std::expected<Subject, std::string> load_subject(const SimulateCommand& command);

/// Makes the same workload anew as often as it is asked to. `friction` outlives it.
class Source {
public:
    static std::expected<Source, std::string> open(const SimulateCommand& command,
                                                   const Subject& subject);

    std::unique_ptr<Workload> workload() const;
    std::string text() const;  // for people
    std::string json() const;  // an object

private:
    Source(const SimulateCommand& command, const friction::FrictionConfig& friction)
        : command_(command), friction_(&friction) {}

    SimulateCommand command_;
    const friction::FrictionConfig* friction_;
    std::shared_ptr<const Trace> trace_;  // null: agents
};

}  // namespace sluice::simulate
