// Keys that look random and are made from a number in a few cycles, so that a benchmark's own
// memory plays no part in what it measures.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "crypto/digest.h"

namespace sluice::bench {

/// Splitmix64's step: different numbers give different ones.
constexpr std::uint64_t mix(std::uint64_t number) {
    number += 0x9e3779b97f4a7c15;
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
    number = (number ^ number >> 27) * 0x94d049bb133111eb;
    return number ^ number >> 31;
}

inline crypto::Digest digest_of(std::uint64_t number) {
    const std::array<std::uint64_t, 4> words{mix(number), mix(number + 1), mix(number + 2), number};
    crypto::Digest digest;
    std::memcpy(digest.data(), words.data(), digest.size());
    return digest;
}

/// An endless walk in random order over numbers below `bound`.
class RandomWalk {
public:
    explicit RandomWalk(std::uint64_t bound) : bound_(bound) {}
    std::uint64_t next() {
        state_ = mix(state_);
        __extension__ using Product = unsigned __int128;
        return static_cast<std::uint64_t>(Product{state_} * bound_ >> 64);
    }

private:
    std::uint64_t bound_;
    std::uint64_t state_ = 1;
};

/// Bytes of memory that the process holds.
std::size_t resident_bytes();

/// CPU time of this thread, in nanoseconds.
std::int64_t thread_cpu_ns();

/// CPU time of all threads, in nanoseconds.
std::int64_t process_cpu_ns();

}  // namespace sluice::bench
