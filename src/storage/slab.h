// Numbered places for small records, handed out and taken back, that never move.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/check.h"

namespace sluice::storage {

/// A place and the time it was given out for: a handle that is too old finds nothing.
struct SlabHandle {
    std::uint32_t place = 0;
    std::uint32_t generation = 0;
    friend bool operator==(SlabHandle, SlabHandle) = default;
};

template <class Value>
class Slab {
public:
    SlabHandle add(const Value& value) {
        if (free_.empty()) grow();
        const std::uint32_t place = free_.back();
        free_.pop_back();
        Cell& cell = at(place);
        cell.value = value;
        cell.taken = true;
        ++size_;
        return {place, cell.generation};
    }

    /// Null where the value was removed since. Valid until it is.
    Value* find(SlabHandle handle) {
        if (handle.place >= chunks_.size() * chunk_size) return nullptr;
        Cell& cell = at(handle.place);
        return cell.taken && cell.generation == handle.generation ? &cell.value : nullptr;
    }

    /// The handle finds nothing from now on. It must be one that finds something.
    void remove(SlabHandle handle) {
        CHECK(find(handle) != nullptr);
        Cell& cell = at(handle.place);
        cell.taken = false;
        ++cell.generation;
        free_.push_back(handle.place);
        --size_;
    }

    std::size_t size() const { return size_; }

private:
    static constexpr std::size_t chunk_size = 1024;
    struct Cell {
        Value value{};
        std::uint32_t generation = 0;
        bool taken = false;
    };

    Cell& at(std::uint32_t place) { return (*chunks_[place / chunk_size])[place % chunk_size]; }
    void grow() {
        const std::size_t first = chunks_.size() * chunk_size;
        CHECK(first + chunk_size <= UINT32_MAX);
        chunks_.push_back(std::make_unique<std::array<Cell, chunk_size>>());
        for (std::size_t i = chunk_size; i > 0; --i) {
            free_.push_back(static_cast<std::uint32_t>(first + i - 1));
        }
    }

    std::vector<std::unique_ptr<std::array<Cell, chunk_size>>> chunks_;
    std::vector<std::uint32_t> free_;
    std::size_t size_ = 0;
};

}  // namespace sluice::storage
