// Counters of a shard, and all shards' as Prometheus text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/status.h"
#include "metrics/route.h"

namespace sluice::metrics {

/// Counts of one shard, touched by that shard alone; copies are added up for an answer.
struct Counters {
    /// Upper bounds of the request-duration buckets, in microseconds; a last one has no bound.
    static constexpr std::array<std::uint32_t, 11> duration_bounds_us = {
        50, 100, 250, 500, 1'000, 2'500, 10'000, 50'000, 250'000, 1'000'000, 10'000'000};

    struct PerRoute {
        std::array<std::uint64_t, 4> by_status_class{};  // 2xx, 3xx, 4xx, 5xx
        std::array<std::uint64_t, duration_bounds_us.size() + 1> duration_buckets{};
        std::uint64_t duration_total_us = 0;

        void count(http::Status status, Duration took);
        PerRoute& operator+=(const PerRoute& other);
    };

    std::array<PerRoute, route_names.size()> routes{};
    std::uint64_t connections_open = 0;
    std::uint64_t connections_refused = 0;
    std::uint64_t tls_full = 0;     // handshakes
    std::uint64_t tls_resumed = 0;  // by ticket
    std::uint64_t tls_failed = 0;   // plain HTTP at a TLS port too
    std::uint64_t tokens_issued = 0;
    std::uint64_t refresh_replays = 0;   // rotations repeated inside the window
    std::uint64_t families_revoked = 0;  // grants that a replayed code or refresh token ended
    std::uint64_t logins_failed = 0;
    std::uint64_t friction_allowed = 0;
    std::uint64_t friction_refused = 0;
    std::uint64_t upstream_failures = 0;
    std::uint64_t tokens_live = 0;
    std::uint64_t limits_by_redis = 0;  // answers of the windows that boxes share
    std::uint64_t limits_alone = 0;     // decided without them, while they were away

    void count_request(Route route, http::Status status, Duration took);
    Counters& operator+=(const Counters& other);
};

inline constexpr std::array<std::string_view, 4> status_class_names = {"2xx", "3xx", "4xx", "5xx"};

/// The lines that begin a family of metrics.
void append_family(std::string& out, std::string_view name, std::string_view kind,
                   std::string_view help);
/// The samples of a histogram of request durations. labels  "route=\"token\"".
void append_histogram(std::string& out, std::string_view name, std::string_view labels,
                      const Counters::PerRoute& counts);

/// What is known of Redis, where it is used.
void append_redis(std::string& out, const Counters& total, bool away);

/// Appends the text that Prometheus scrapes (exposition format 0.0.4).
void append_prometheus(std::string& out, const Counters& total, std::uint64_t log_dropped_bytes);

}  // namespace sluice::metrics
