// Counting what a program allocates: linked in where it is asked for, it replaces operator new.
#pragma once

#include <cstddef>

namespace sluice::testing_support {

/// Calls of operator new so far, by every thread.
std::size_t allocations();

}  // namespace sluice::testing_support
