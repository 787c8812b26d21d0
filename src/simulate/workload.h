// Workload: who makes the calls of a simulation, and how they take the answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::simulate {

/// What became of a call, for whoever made it.
enum class Outcome : std::uint8_t {
    passed,
    delayed,  // it passed after a wait
    asked,    // it was answered by the request for a reason
    refused,
};

struct Call {
    double at = 0;            // seconds since the simulation began
    std::string_view tool;    // valid as long as the workload
    bool has_reason = false;  // it comes with a justification
    std::uint64_t place = 0;  // among calls of the same time, the lower goes first
};

struct Answer {
    double at;  // when it reaches the client
    double delay;
    Outcome outcome;
    std::uint32_t retry_after_seconds;
};

/// Clients that each make one call after another.
class Workload {
public:
    virtual ~Workload() = default;

    virtual std::size_t clients() const = 0;
    /// Valid as long as the workload.
    virtual std::string_view client_name(std::size_t client) const = 0;
    /// The client's next call, not before `previous`, the answer to its last one (null where it has
    /// made none); nothing once it is done.
    virtual std::optional<Call> next(std::size_t client, const Answer* previous) = 0;
};

}  // namespace sluice::simulate
