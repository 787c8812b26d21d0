// Adding up what the shards' stores were asked, and telling Prometheus.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>

#include "metrics/counters.h"
#include "server/storage/counted_store.h"

namespace sluice::server {

StoreCounts& StoreCounts::operator+=(const StoreCounts& other) {
    for (std::size_t i = 0; i < by_operation.size(); ++i) {
        by_operation[i].answered += other.by_operation[i].answered;
        by_operation[i].unavailable += other.by_operation[i].unavailable;
        by_operation[i].overloaded += other.by_operation[i].overloaded;
    }
    std::ranges::transform(duration_buckets, other.duration_buckets, duration_buckets.begin(),
                           std::plus{});
    duration_total_us += other.duration_total_us;
    waiting += other.waiting;
    shards_away += other.shards_away;
    return *this;
}

void append_prometheus(std::string& out, const StoreCounts& total) {
    metrics::append_family(out, "sluice_store_operations_total", "counter",
                           "Storage operations, by operation and result.");
    const auto end = std::back_inserter(out);
    for (std::size_t i = 0; i < StoreCounts::operations.size(); ++i) {
        const StoreCounts::PerOperation& of = total.by_operation[i];
        const auto sample = [&](std::string_view result, std::uint64_t count) {
            fmt::format_to(end,
                           "sluice_store_operations_total{{operation=\"{}\",result=\"{}\"}} {}\n",
                           StoreCounts::operations[i], result, count);
        };
        sample("answered", of.answered);
        sample("unavailable", of.unavailable);
        sample("overloaded", of.overloaded);
    }
    metrics::append_family(out, "sluice_store_duration_seconds", "histogram",
                           "Duration of storage operations.");
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < total.duration_buckets.size(); ++i) {
        below += total.duration_buckets[i];
        const bool last = i == StoreCounts::duration_bounds_us.size();
        const std::string bound =
            last ? "+Inf" : fmt::format("{}", StoreCounts::duration_bounds_us[i] / 1e6);
        fmt::format_to(end, "sluice_store_duration_seconds_bucket{{le=\"{}\"}} {}\n", bound, below);
    }
    fmt::format_to(end, "sluice_store_duration_seconds_sum {}\n",
                   static_cast<double>(total.duration_total_us) / 1e6);
    fmt::format_to(end, "sluice_store_duration_seconds_count {}\n", below);
    metrics::append_family(out, "sluice_store_waiting", "gauge", "Storage operations in progress.");
    fmt::format_to(end, "sluice_store_waiting {}\n", total.waiting);
    metrics::append_family(out, "sluice_store_shards_away", "gauge",
                           "Cores that cannot reach the store.");
    fmt::format_to(end, "sluice_store_shards_away {}\n", total.shards_away);
}

void append_feed(std::string& out, bool follows) {
    metrics::append_family(out, "sluice_revocation_feed_up", "gauge",
                           "1 while this box hears of revocations elsewhere; 0: memory is believed "
                           "for max_staleness, then each token is read again.");
    fmt::format_to(std::back_inserter(out), "sluice_revocation_feed_up {}\n", follows ? 1 : 0);
}

}  // namespace sluice::server
