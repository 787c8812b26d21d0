// Hash index (open addressing, incremental rehash): from a client's hash to its place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "base/huge_pages.h"

namespace sluice::friction {

/// Eight bytes a cell, a power of two of cells, at most three quarters of them taken. A cell holds
/// half of the hash beside the place: enough to know where it belongs in any table, so neither
/// growing nor erasing looks at a client. While it grows, two tables stand side by side, and each
/// insertion moves a bounded piece from the old one.
class ClientIndex {
public:
    using Slot = std::uint32_t;
    static constexpr Slot none = std::numeric_limits<Slot>::max();

    ClientIndex() : current_(cells_min_bits) {}

    std::size_t size() const { return size_; }

    /// The slot of `hash` for which `is_wanted(slot)` is true, or none.
    template <class IsWanted>
    Slot find(std::uint64_t hash, IsWanted is_wanted) const {
        const Slot found = current_.find(hash, is_wanted);
        if (found != none || old_.is_empty()) [[likely]]
            return found;
        return old_.find(hash, is_wanted);
    }

    /// Starts to fetch what find() will read.
    void prefetch(std::uint64_t hash) const { current_.prefetch(hash); }

    void insert(std::uint64_t hash, Slot slot);
    /// `slot` must be there under `hash`.
    void erase(std::uint64_t hash, Slot slot);

private:
    using Cell = std::uint64_t;  // the hash's upper half, then slot + 1; 0: empty
    static constexpr unsigned cells_min_bits = 9;
    static constexpr std::size_t moved_a_step = 64;

    static std::uint32_t tag_of(std::uint64_t hash) {
        return static_cast<std::uint32_t>(hash >> 32);
    }
    static Cell cell_of(std::uint64_t hash, Slot slot) {
        return std::uint64_t{tag_of(hash)} << 32 | (slot + 1);
    }

    class Table {
    public:
        Table() = default;
        explicit Table(unsigned bits)
            : pages_(sizeof(Cell) << bits),
              shift_(32 - bits),
              mask_((std::size_t{1} << bits) - 1) {}

        bool is_empty() const { return pages_.data() == nullptr; }
        std::size_t capacity() const { return mask_ + 1; }
        unsigned bits() const { return 32 - shift_; }

        template <class IsWanted>
        Slot find(std::uint64_t hash, IsWanted is_wanted) const {
            const std::uint32_t tag = tag_of(hash);
            for (std::size_t at = home(tag);; at = next(at)) {
                const Cell cell = cells()[at];
                if (cell == 0) return none;
                const Slot slot = static_cast<Slot>(cell) - 1;
                if (cell >> 32 == tag && is_wanted(slot)) return slot;
            }
        }
        void prefetch(std::uint64_t hash) const {
            __builtin_prefetch(&cells()[home(tag_of(hash))]);
        }

        void place(Cell cell);
        bool erase(Cell cell);
        /// Moves the cells of whole runs from `at` on, at least `moved_a_step` cells of them, and
        /// returns where to go on. Begin behind an empty cell.
        std::size_t move_to(Table& other, std::size_t at);
        std::size_t first_empty() const;
        std::size_t distance(std::size_t from, std::size_t to) const { return (to - from) & mask_; }

    private:
        Cell* cells() const { return reinterpret_cast<Cell*>(pages_.data()); }
        std::size_t home(std::uint32_t tag) const { return tag >> shift_; }
        std::size_t next(std::size_t at) const { return (at + 1) & mask_; }

        HugePages pages_;
        unsigned shift_ = 0;
        std::size_t mask_ = 0;
    };

    void grow();
    void move_some();

    Table current_;
    Table old_;                   // while it grows
    std::size_t next_moved_ = 0;  // in old_
    std::size_t unmoved_ = 0;     // cells of old_ still to go over
    std::size_t size_ = 0;
};

}  // namespace sluice::friction
