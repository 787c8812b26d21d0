// Route labels: the kinds of requests that Sluice counts and logs apart.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::metrics {

enum class Route : std::uint8_t {
    authorize,
    token,
    introspect,
    revoke,
    registration,
    metadata,
    resource,
    decision,
    health,
    metrics,
    other,
};

inline constexpr std::array<std::string_view, 11> route_names = {
    "authorize", "token",    "introspect", "revoke",  "register", "metadata",
    "resource",  "decision", "health",     "metrics", "other"};

constexpr std::string_view to_text(Route route) {
    return route_names[static_cast<std::size_t>(route)];
}

}  // namespace sluice::metrics
