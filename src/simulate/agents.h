// Load model: made-up agents, for who has no trace yet. They think, call, and take what they are
// answered.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "friction/config.h"
#include "simulate/workload.h"

namespace sluice::simulate {

enum class Fleet : std::uint8_t {
    behaved,  // every agent keeps to half of each target, waits when told to, gives a reason if
              // asked
    looping,  // every agent is stuck for a while: one tool over and over, deaf to all answers
    mixed,    // one in four loops, each at its own time
};

struct AgentSettings {
    Fleet fleet = Fleet::looping;
    unsigned clients = 1;
    double calls_per_minute = 12;  // of each; three times as many while it loops
    double duration_seconds = 1800;
    std::uint64_t seed = 1;  // the same seed, the same calls
    std::string loop_tool;   // what loops are about; empty: the configured tool of least target
};

class Agents final : public Workload {
public:
    /// Called beside the configured tools, to make up what they leave of an agent's calls.
    static constexpr std::string_view other_tool = "(other tools)";

    /// `config` has a tool, which settings.loop_tool is, or is empty; it outlives the workload.
    Agents(const AgentSettings& settings, const friction::FrictionConfig& config);

    std::size_t clients() const override { return agents_.size(); }
    std::string_view client_name(std::size_t client) const override { return agents_[client].name; }
    std::optional<Call> next(std::size_t client, const Answer* previous) override;

private:
    struct Agent {
        std::string name;
        SeededRandom random;
        double pause_seconds;    // between an answer and the next call, on average
        double loop_begin = -1;  // it loops from here
        double loop_end = -1;
        bool owes_reason = false;        // its next call repeats the last one, with a reason
        std::size_t last_tool = 0;       // place in tools_; the other tools' is behind all
        std::vector<double> not_before;  // of each tool: it was told to wait that long

        bool loops_at(double time) const { return time >= loop_begin && time < loop_end; }
    };

    void take(Agent& agent, const Answer& answer) const;
    std::size_t choose(Agent& agent, double time) const;

    AgentSettings settings_;
    std::vector<std::string_view> tools_;
    std::vector<double> shares_;  // of a behaved agent's calls
    std::size_t loop_tool_ = 0;
    std::vector<Agent> agents_;
};

}  // namespace sluice::simulate
