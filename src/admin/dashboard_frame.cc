// Rates and percentiles.
#include "admin/dashboard_frame.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace sluice::admin {
namespace {

double grown(std::uint64_t before, std::uint64_t now) {
    return static_cast<double>(now - before);
}

std::uint64_t total(const std::array<std::uint64_t, metrics::unauthenticated_outcomes>& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace

double quantile_ms(const metrics::Counters::PerRoute& before,
                   const metrics::Counters::PerRoute& now, double part) {
    constexpr auto& bounds = metrics::Counters::duration_bounds_us;
    double all = 0;
    for (std::size_t i = 0; i < now.duration_buckets.size(); ++i) {
        all += grown(before.duration_buckets[i], now.duration_buckets[i]);
    }
    if (all == 0) return 0;
    double left = part * all;
    for (std::size_t i = 0; i < now.duration_buckets.size(); ++i) {
        const double here = grown(before.duration_buckets[i], now.duration_buckets[i]);
        if (here > 0 && left <= here) {
            const double from = i == 0 ? 0 : bounds[i - 1];
            const double to = i < bounds.size() ? bounds[i] : from;
            return (from + (to - from) * left / here) / 1000;
        }
        left -= here;
    }
    return bounds.back() / 1000.0;
}

ResourceFrame make_frame(const metrics::ResourceNumbers& before,
                         const metrics::ResourceNumbers& now, double seconds) {
    const auto rate = [seconds](std::uint64_t from, std::uint64_t to) {
        return grown(from, to) / seconds;
    };
    CHECK(seconds > 0 && before.tools.size() == now.tools.size());
    ResourceFrame frame{
        .per_second = rate(request_count(before.requests), request_count(now.requests)),
        .failed_per_second =
            rate(before.requests.by_status_class[3], now.requests.by_status_class[3]),
        .unverified_per_second = rate(total(before.strangers), total(now.strangers)),
        .slowed_per_second = rate(before.strangers.back(), now.strangers.back()),
        .p50_ms = quantile_ms(before.requests, now.requests, 0.5),
        .p99_ms = quantile_ms(before.requests, now.requests, 0.99),
        .other_per_second = rate(before.other_calls, now.other_calls),
        .tools = {}};
    for (std::size_t i = 0; i < now.tools.size(); ++i) {
        ToolFrame& tool = frame.tools.emplace_back();
        tool.share = now.share(i);
        tool.friction = now.tools[i].recent_friction_max;
        for (std::size_t outcome = 0; outcome < metrics::call_outcomes; ++outcome) {
            tool.per_second[outcome] =
                rate(before.tools[i].calls[outcome], now.tools[i].calls[outcome]);
        }
    }
    return frame;
}

void Timeline::add(std::vector<metrics::ResourceNumbers> numbers, MonotonicTime now,
                   WallTime wall) {
    recent_.push_back({now, std::move(numbers)});
    if (recent_.size() > span + 1) recent_.pop_front();
    const Count& before = recent_.front();
    const Count& last = recent_.back();
    CHECK(before.numbers.size() == last.numbers.size(), "counts of the same resources");
    CHECK(recent_.size() <= span + 1);
    const double seconds =
        std::max(std::chrono::duration<double>(last.at - before.at).count(), 0.001);
    latest_.time = wall;
    latest_.frames.clear();
    for (std::size_t i = 0; i < last.numbers.size(); ++i) {
        latest_.frames.push_back(make_frame(before.numbers[i], last.numbers[i], seconds));
    }
    if (++ticks_ % span != 0) return;
    history_.push_back(latest_);
    if (history_.size() > points_max) history_.pop_front();
    ++points_;
    CHECK(history_.size() <= points_max);
}

}  // namespace sluice::admin
