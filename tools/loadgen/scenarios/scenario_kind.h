// The scenarios by name.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "loadgen/settings.h"

namespace sluice::loadgen {

inline constexpr std::array<std::string_view, 10> scenario_names = {
    "get",     "post",     "introspect", "token",        "authorize-to-token",
    "refresh", "decision", "tools-call", "idle-streams", "mix"};

constexpr std::string_view name_of(ScenarioKind kind) {
    return scenario_names[static_cast<std::size_t>(kind)];
}

constexpr std::optional<ScenarioKind> scenario_of(std::string_view name) {
    for (std::size_t i = 0; i < scenario_names.size(); ++i) {
        if (scenario_names[i] == name) return static_cast<ScenarioKind>(i);
    }
    return std::nullopt;
}

}  // namespace sluice::loadgen
