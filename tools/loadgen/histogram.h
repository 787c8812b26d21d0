// A log-linear histogram of durations, as HdrHistogram's: every value is kept to within 1/256 of
// itself, from a nanosecond to an hour, in a fixed amount of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/clock.h"

namespace sluice::loadgen {

/// What a histogram holds, without its empty buckets: small enough to keep one for each second.
struct SparseHistogram {
    struct Bucket {
        std::uint32_t index;
        std::uint64_t count;
    };
    std::vector<Bucket> buckets;  // by rising index
    Duration max{};
};

class Histogram {
public:
    static constexpr unsigned precision_bits = 8;  // buckets in each power of two: 2^8
    static constexpr Duration value_max = std::chrono::hours{1};  // longer ones count as this

    Histogram();

    /// A negative duration counts as none. No allocation.
    void record(Duration value) {
        const std::uint64_t nanoseconds = clamp(value);
        ++counts_[index_of(nanoseconds)];
        ++count_;
        if (nanoseconds > max_) max_ = nanoseconds;
    }
    void add(const SparseHistogram& other);
    void clear();

    std::uint64_t count() const { return count_; }
    Duration max() const { return Duration(max_); }
    Duration min() const;
    Duration mean() const;
    Duration standard_deviation() const;

    /// The smallest recorded value that at least `share` of all values do not exceed, up to the
    /// width of its bucket (and never above max()); zero where nothing was recorded.
    /// share   in [0, 1]: 0.99 for p99.
    Duration quantile(double share) const;

    struct Point {
        double share;
        Duration value;
    };
    /// The curve of quantiles, denser towards 1, ending in {1, max()}.
    std::vector<Point> curve() const;

    SparseHistogram sparse() const;

    // The mapping of values to buckets, for tests.
    static std::size_t index_of(std::uint64_t nanoseconds);
    static std::uint64_t highest_of(std::size_t index);  // the largest value of the bucket

private:
    static std::uint64_t clamp(Duration value);
    double middle_of(std::size_t index) const;

    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;  // nanoseconds
};

inline std::uint64_t Histogram::clamp(Duration value) {
    if (value <= Duration::zero()) return 0;
    return static_cast<std::uint64_t>((value < value_max ? value : value_max).count());
}

// Values below 2^precision_bits have a bucket each; above, the leading bit chooses a power of two
// and the bits behind it the bucket inside.
inline std::size_t Histogram::index_of(std::uint64_t nanoseconds) {
    constexpr std::uint64_t linear = std::uint64_t{1} << precision_bits;
    if (nanoseconds < linear) return static_cast<std::size_t>(nanoseconds);
    const unsigned shift =
        63U - static_cast<unsigned>(__builtin_clzll(nanoseconds)) - precision_bits;
    return (std::size_t{shift} << precision_bits) + static_cast<std::size_t>(nanoseconds >> shift);
}

}  // namespace sluice::loadgen
