// Metrics of each resource and of each of its tools that has friction.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "metrics/counters.h"
#include "resource/observer.h"
#include "resource/settings.h"

namespace sluice::metrics {

inline constexpr std::size_t call_outcomes = 4;
inline constexpr std::array<std::string_view, call_outcomes> call_outcome_names = {
    "allowed", "delayed", "asked", "refused"};

inline constexpr std::size_t unauthenticated_outcomes = 3;
inline constexpr std::array<std::string_view, unauthenticated_outcomes>
    unauthenticated_outcome_names = {"no_token", "refused_token", "slowed"};

struct ToolNumbers {
    std::array<std::uint64_t, call_outcomes> calls{};  // by resource::CallOutcome, since the start
    std::uint64_t recent_passed = 0;                   // in the last minute
    double recent_friction_max = 0;                    // that a call met in the last minute
};

/// Of one shard, or added up.
struct ResourceNumbers {
    Counters::PerRoute requests;  // POSTs: what else there is, are streams
    std::array<std::uint64_t, unauthenticated_outcomes>
        strangers{};                  // by resource::UnauthenticatedOutcome
    std::uint64_t other_calls = 0;    // of tools without friction
    std::uint64_t recent_passed = 0;  // calls of any tool in the last minute
    std::uint64_t clients = 0;        // whose friction is remembered
    std::uint64_t tool_changes = 0;   // definitions that nobody acknowledged yet
    std::vector<ToolNumbers> tools;   // in the order of the configuration

    ResourceNumbers& operator+=(const ResourceNumbers& other);
    /// The tool's part of the last minute's calls.
    double share(std::size_t tool) const;
};

std::uint64_t request_count(const Counters::PerRoute& requests);

/// Appends what Prometheus scrapes of the resources. numbers  One of each, in their order.
void append_prometheus(std::string& out, const resource::Settings& settings,
                       const std::vector<ResourceNumbers>& numbers);

}  // namespace sluice::metrics
