// The chances of a simulation: everything that may go one way or the other asks here, so that a
// seed tells a whole run.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "base/random.h"

namespace sluice::simulation {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}

    std::uint64_t next() { return random_.next_u64(); }
    /// Uniform in [0, end); `end` is at least 1.
    std::uint64_t below(std::uint64_t end) { return next() % end; }
    /// Uniform in [first, last].
    std::uint64_t between(std::uint64_t first, std::uint64_t last) {
        return first + below(last - first + 1);
    }
    bool chance(unsigned thousandths) { return thousandths != 0 && below(1000) < thousandths; }

    template <class T>
    void shuffle(std::span<T> items) {
        for (std::size_t left = items.size(); left > 1; --left) {
            std::swap(items[left - 1], items[below(left)]);
        }
    }

private:
    SeededRandom random_;
};

}  // namespace sluice::simulation
