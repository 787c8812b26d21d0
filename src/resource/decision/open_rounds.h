// Open rounds: calls that wait for their caller's answers (MCP 2026-07-28, `input_required`), so
// that the same call with the answers is not counted once more.
#pragma once

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "crypto/digest.h"
#include "resource/decision/caller_key.h"

namespace sluice::resource {

/// Of one resource, on the callers' own shard. A round is opened by an MCP server's answer to a
/// call that was counted, and closed by one retry, so nobody gets a call for nothing. Bounded:
/// where there is no room a retry counts as a call.
class OpenRounds {
public:
    static constexpr std::size_t callers_max = 4096;
    static constexpr std::size_t of_caller_max = 32;

    /// state  The answer's requestState; empty where it has none.
    void open(const CallerKey& caller, std::string_view tool, std::string_view state,
              MonotonicTime now);
    /// Whether it was open; it is not from now on.
    bool close(const CallerKey& caller, std::string_view tool, std::string_view state,
               MonotonicTime now);

private:
    struct Round {
        crypto::Digest what;
        MonotonicTime until{};
    };
    void forget_expired(MonotonicTime now);

    std::unordered_map<CallerKey, std::vector<Round>, CallerKey::Hash> rounds_;
};

}  // namespace sluice::resource
