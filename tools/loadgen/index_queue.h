// A queue of connections by their index, each in it at most once; its size never changes.
#pragma once

#include <cstddef>
#include <vector>

#include "base/check.h"

namespace sluice::loadgen {

class IndexQueue {
public:
    explicit IndexQueue(std::size_t indices) : ring_(indices), inside_(indices) {}

    bool empty() const { return count_ == 0; }
    void push(unsigned index) {
        if (inside_[index]) return;
        inside_[index] = true;
        ring_[(first_ + count_++) % ring_.size()] = index;
    }
    unsigned pop() {
        CHECK(count_ > 0);
        const unsigned index = ring_[first_];
        first_ = (first_ + 1) % ring_.size();
        --count_;
        inside_[index] = false;
        return index;
    }

private:
    std::vector<unsigned> ring_;
    std::vector<bool> inside_;
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

}  // namespace sluice::loadgen
