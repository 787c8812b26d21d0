// Memory of coroutine frames: per-thread free lists by size, so that a request in steady state
// allocates nothing.
#pragma once

#include <cstddef>

namespace sluice::io {

/// A block of at least `size` bytes. Give it back with release() on the same thread.
void* allocate_frame(std::size_t size);
void release_frame(void* block, std::size_t size) noexcept;

}  // namespace sluice::io
