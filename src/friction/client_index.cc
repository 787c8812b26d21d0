// Placing, erasing and moving cells.
#include "friction/client_index.h"

#include "base/check.h"

namespace sluice::friction {

void ClientIndex::Table::place(Cell cell) {
    std::size_t at = home(static_cast<std::uint32_t>(cell >> 32));
    while (cells()[at] != 0) at = next(at);
    cells()[at] = cell;
}

// Later cells of the run move up, so that no gap ends a search early.
bool ClientIndex::Table::erase(Cell cell) {
    std::size_t gap = home(static_cast<std::uint32_t>(cell >> 32));
    for (; cells()[gap] != cell; gap = next(gap)) {
        if (cells()[gap] == 0) return false;
    }
    for (std::size_t at = next(gap); cells()[at] != 0; at = next(at)) {
        const std::size_t wanted = home(static_cast<std::uint32_t>(cells()[at] >> 32));
        if (distance(wanted, at) < distance(gap, at)) continue;
        cells()[gap] = cells()[at];
        gap = at;
    }
    cells()[gap] = 0;
    return true;
}

std::size_t ClientIndex::Table::move_to(Table& other, std::size_t at) {
    for (std::size_t moved = 0; moved < moved_a_step || cells()[at] != 0; ++moved) {
        if (cells()[at] != 0) other.place(cells()[at]);
        cells()[at] = 0;
        at = next(at);
    }
    return at;
}

std::size_t ClientIndex::Table::first_empty() const {
    std::size_t at = 0;
    while (cells()[at] != 0) ++at;
    return at;
}

void ClientIndex::insert(std::uint64_t hash, Slot slot) {
    CHECK(slot != none);
    if (!old_.is_empty()) move_some();
    if ((size_ + 1) * 4 > current_.capacity() * 3) grow();
    current_.place(cell_of(hash, slot));
    ++size_;
    CHECK(size_ * 4 <= current_.capacity() * 3, "a search ends at an empty cell");
}

void ClientIndex::erase(std::uint64_t hash, Slot slot) {
    const Cell cell = cell_of(hash, slot);
    CHECK(current_.erase(cell) || (!old_.is_empty() && old_.erase(cell)));
    CHECK(size_ > 0);
    --size_;
}

void ClientIndex::grow() {
    CHECK(old_.is_empty());  // moving takes a 64th of the insertions until the next growth
    CHECK(current_.bits() < 32, "a cell holds 32 bits of the hash");
    old_ = std::move(current_);
    current_ = Table(old_.bits() + 1);
    next_moved_ = old_.first_empty();
    unmoved_ = old_.capacity();
}

void ClientIndex::move_some() {
    const std::size_t from = next_moved_;
    next_moved_ = old_.move_to(current_, from);
    const std::size_t passed = old_.distance(from, next_moved_);
    CHECK(passed > 0, "each step moves something");
    if (passed < unmoved_) {
        unmoved_ -= passed;
    } else {
        old_ = Table();
    }
}

}  // namespace sluice::friction
