// Pooled string: a text that lives about as long as a request, in memory of the thread's block
// pool.
#pragma once

#include <cstddef>
#include <string>

#include "base/block_pool.h"

namespace sluice {

template <class T>
struct PoolAllocator {
    using value_type = T;

    PoolAllocator() = default;
    template <class U>
    PoolAllocator(const PoolAllocator<U>&) {}

    T* allocate(std::size_t count) { return static_cast<T*>(allocate_block(count * sizeof(T))); }
    void deallocate(T* block, std::size_t count) noexcept {
        release_block(block, count * sizeof(T));
    }

    friend bool operator==(const PoolAllocator&, const PoolAllocator&) { return true; }
};

/// Converts to std::string_view; made from one explicitly.
using PooledText = std::basic_string<char, std::char_traits<char>, PoolAllocator<char>>;

}  // namespace sluice
