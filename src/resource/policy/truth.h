// Three-valued logic (Kleene): what is known of a condition.
#pragma once

#include <cstdint>

namespace sluice::resource {

/// `unknown`: what would have to be looked at could not be. It never helps who asks: an allow rule
/// needs `yes`, a deny rule applies unless it is `no`.
enum class Truth : std::uint8_t { no, unknown, yes };

/// Both hold.
constexpr Truth both(Truth a, Truth b) {
    return a < b ? a : b;
}

}  // namespace sluice::resource
