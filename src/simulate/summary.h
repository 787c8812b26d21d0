// Simulation summary: counts, and the times that an operator asks for.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "simulate/simulation.h"

namespace sluice::simulate {

struct ToolSummary {
    std::size_t calls = 0;
    std::size_t passed = 0;
    std::size_t delayed = 0;
    std::size_t asked = 0;
    std::size_t refused = 0;
    std::size_t over_block = 0;  // that mode block would have refused
    double delay_seconds = 0;    // of all calls together
    double delay_max = 0;
    double friction_max = 0;  // that a call met
    double rate_max = 0;
    std::optional<double> first_refusal;  // seconds since the run began
    std::size_t clients_refused = 0;
    /// The longest time from a client's first refusal in a row to its next call that passed;
    /// nothing where none passed again.
    std::optional<double> recovery;
    std::size_t not_recovered = 0;  // clients whose last call was refused
};

/// The same of one client, over all tools.
struct ClientSummary {
    std::size_t calls = 0;
    std::size_t refused = 0;
    std::size_t asked = 0;
    double delay_seconds = 0;
    double friction_max = 0;
};

struct Summary {
    std::vector<ToolSummary> tools;      // as in History::tools
    std::vector<ClientSummary> clients;  // as in History::clients
};

Summary summarise(const History& run);

}  // namespace sluice::simulate
