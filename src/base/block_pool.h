// Block pool (free-list allocator): small blocks by size, per thread, so that what every request
// needs for a moment is allocated once.
#pragma once

#include <cstddef>

namespace sluice {

/// A block of at least `size` bytes, aligned as by operator new. Give it back with release_block(),
/// best on the same thread: another one keeps it for its own use. A thread keeps a bounded number
/// of free blocks.
void* allocate_block(std::size_t size);
void release_block(void* block, std::size_t size) noexcept;

}  // namespace sluice
