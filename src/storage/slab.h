// Slab allocator: numbered places for small records, handed out and taken back, that never move.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "base/check.h"
#include "base/huge_pages.h"

namespace sluice::storage {

/// A place and the time it was given out for: a handle that is too old finds nothing.
struct SlabHandle {
    std::uint32_t place = 0;
    std::uint32_t generation = 0;
    friend bool operator==(SlabHandle, SlabHandle) = default;
};

/// Four bytes beside each value; no step longer than another, however many there are.
template <class Value>
class Slab {
    static_assert(std::is_trivially_copyable_v<Value> && sizeof(Value) >= sizeof(std::uint32_t));

public:
    SlabHandle add(const Value& value) {
        const std::uint32_t place = free_ != none ? take_free() : append();
        Cell& cell = at(place);
        CHECK(!cell.is_taken(), "a free place is nobody's");
        std::memcpy(cell.value, &value, sizeof value);
        ++cell.generation;
        ++size_;
        CHECK(size_ <= used_);
        return {place, cell.generation};
    }

    /// Null where the value was removed since. Valid until it is.
    Value* find(SlabHandle handle) {
        if (handle.place >= used_) return nullptr;
        Cell& cell = at(handle.place);
        const bool is_there = cell.is_taken() && cell.generation == handle.generation;
        return is_there ? reinterpret_cast<Value*>(cell.value) : nullptr;
    }

    /// Starts to fetch what find() will read.
    void prefetch(SlabHandle handle) {
        if (handle.place < used_) __builtin_prefetch(&at(handle.place));
    }

    /// The handle finds nothing from now on. It must be one that finds something.
    void remove(SlabHandle handle) {
        CHECK(find(handle) != nullptr);
        Cell& cell = at(handle.place);
        ++cell.generation;
        std::memcpy(cell.value, &free_, sizeof free_);
        free_ = handle.place;
        CHECK(size_ > 0);
        --size_;
    }

    std::size_t size() const { return size_; }

private:
    static constexpr std::uint32_t none = UINT32_MAX;
    static constexpr unsigned chunk_bits = 19;

    struct Cell {
        alignas(Value) std::byte value[sizeof(Value)];  // of a free one: the next free place
        std::uint32_t generation;                       // odd while it is taken
        bool is_taken() const { return generation % 2 != 0; }
    };

    Cell& at(std::uint32_t place) {
        auto* const chunk = reinterpret_cast<Cell*>(chunks_[place >> chunk_bits].data());
        return chunk[place & ((1U << chunk_bits) - 1)];
    }

    std::uint32_t take_free() {
        const std::uint32_t place = free_;
        std::memcpy(&free_, at(place).value, sizeof free_);
        CHECK(free_ == none || free_ < used_);
        return place;
    }

    // HugePages are zero: all their cells are free and of generation 0.
    std::uint32_t append() {
        CHECK(used_ < none - 1);
        if (used_ >> chunk_bits == chunks_.size()) {
            const std::size_t small = chunks_.empty() ? HugePages::huge_page : 0;
            chunks_.emplace_back(sizeof(Cell) << chunk_bits, small);
        }
        return used_++;
    }

    std::vector<HugePages> chunks_;
    std::uint32_t used_ = 0;  // places ever given out
    std::uint32_t free_ = none;
    std::size_t size_ = 0;
};

}  // namespace sluice::storage
