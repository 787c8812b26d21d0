#include "loadgen/histogram.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace sluice::loadgen {
namespace {

const std::size_t bucket_count =
    Histogram::index_of(static_cast<std::uint64_t>(Histogram::value_max.count())) + 1;

}  // namespace

Histogram::Histogram() : counts_(bucket_count) {}

std::uint64_t Histogram::highest_of(std::size_t index) {
    constexpr std::size_t linear = std::size_t{1} << precision_bits;
    if (index < linear) return index;
    const std::size_t shift = (index >> precision_bits) - 1;
    const std::uint64_t leading = index - (shift << precision_bits);
    return ((leading + 1) << shift) - 1;
}

double Histogram::middle_of(std::size_t index) const {
    const double lowest = index == 0 ? 0 : static_cast<double>(highest_of(index - 1)) + 1;
    const double highest = static_cast<double>(std::min(highest_of(index), max_));
    return (lowest + highest) / 2;
}

void Histogram::add(const SparseHistogram& other) {
    for (const SparseHistogram::Bucket bucket : other.buckets) {
        CHECK(bucket.index < counts_.size(), "a histogram of another precision");
        counts_[bucket.index] += bucket.count;
        count_ += bucket.count;
    }
    max_ = std::max(max_, clamp(other.max));
}

void Histogram::clear() {
    std::ranges::fill(counts_, 0);
    count_ = max_ = 0;
}

Duration Histogram::min() const {
    const auto first = std::ranges::find_if(counts_, [](std::uint64_t n) { return n > 0; });
    if (first == counts_.end()) return {};
    const auto index = static_cast<std::size_t>(first - counts_.begin());
    return Duration(std::min(index == 0 ? 0 : highest_of(index - 1) + 1, max_));
}

Duration Histogram::mean() const {
    if (count_ == 0) return {};
    double sum = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        if (counts_[i] > 0) sum += static_cast<double>(counts_[i]) * middle_of(i);
    }
    return Duration(std::llround(sum / static_cast<double>(count_)));
}

Duration Histogram::standard_deviation() const {
    if (count_ == 0) return {};
    const auto average = static_cast<double>(mean().count());
    double sum = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        if (counts_[i] == 0) continue;
        const double distance = middle_of(i) - average;
        sum += static_cast<double>(counts_[i]) * distance * distance;
    }
    return Duration(std::llround(std::sqrt(sum / static_cast<double>(count_))));
}

Duration Histogram::quantile(double share) const {
    if (count_ == 0) return {};
    const double wanted = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_));
    const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        seen += counts_[i];
        if (seen >= rank) return Duration(std::min(highest_of(i), max_));
    }
    return max();
}

std::vector<Histogram::Point> Histogram::curve() const {
    std::vector<Point> points;
    if (count_ == 0) return points;
    // Each half of what is left in ten steps: 0, 0.05 ... 0.5, 0.525 ... 0.75, ...
    double left = 1;
    while (left * static_cast<double>(count_) > 0.5) {
        for (int step = 0; step < 10; ++step) {
            const double share = 1 - left * (1 - step * 0.05);
            points.push_back({share, quantile(share)});
        }
        left /= 2;
    }
    points.push_back({1, max()});
    return points;
}

SparseHistogram Histogram::sparse() const {
    SparseHistogram out;
    out.max = max();
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        if (counts_[i] == 0) continue;
        out.buckets.push_back({static_cast<std::uint32_t>(i), counts_[i]});
    }
    return out;
}

}  // namespace sluice::loadgen
