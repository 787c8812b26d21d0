// Stored penalty: a caller's penalty as a document of kind friction_penalty.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "friction/config.h"
#include "friction/penalty.h"
#include "resource/decision/caller_key.h"

namespace sluice::server {

/// "/mcp" and the caller's digest: "/mcp 4QmX...". A path too long for a key is named by a digest.
std::string penalty_key(std::string_view resource_path, const resource::CallerKey& caller);

struct PenaltyName {
    std::string_view resource;  // as penalty_resource() names it; a part of the key
    resource::CallerKey caller;
};
/// Nothing where no such key was given.
std::optional<PenaltyName> parse_penalty_key(std::string_view key);
/// What a resource is called in keys.
std::string penalty_resource(std::string_view path);

/// The same moment on the two clocks: penalties have a shard's, documents that of the wall.
struct ClockPair {
    MonotonicTime monotonic;
    WallTime wall;
};

/// {"last_call":1790000000.25,"tools":{"delete_note":0.97}}
std::string penalty_value(const friction::Penalty& penalty, const friction::FrictionConfig& config,
                          const ClockPair& now);
/// Nothing where the text is none of penalty_value(). Tools that the configuration has no more owe
/// nothing; what is later than now counts as now.
std::optional<friction::Penalty> parse_penalty(std::string_view value,
                                               const friction::FrictionConfig& config,
                                               const ClockPair& now);

}  // namespace sluice::server
