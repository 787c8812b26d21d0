#include "metrics/counters.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>
#include <utility>

#include "base/check.h"

namespace sluice::metrics {
namespace {

void append_single(std::string& out, std::string_view name, std::string_view kind,
                   std::string_view help, std::uint64_t value) {
    append_family(out, name, kind, help);
    fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

void append_requests(std::string& out, const Counters& total) {
    append_family(out, "sluice_requests_total", "counter", "Requests answered.");
    for (std::size_t route = 0; route < route_names.size(); ++route) {
        for (std::size_t group = 0; group < status_class_names.size(); ++group) {
            fmt::format_to(std::back_inserter(out),
                           "sluice_requests_total{{route=\"{}\",status=\"{}\"}} {}\n",
                           route_names[route], status_class_names[group],
                           total.routes[route].by_status_class[group]);
        }
    }
}

void append_durations(std::string& out, const Counters& total) {
    append_family(out, "sluice_request_duration_seconds", "histogram",
                  "Time from a request's last byte to its answer's last byte.");
    for (std::size_t route = 0; route < route_names.size(); ++route) {
        append_histogram(out, "sluice_request_duration_seconds",
                         fmt::format("route=\"{}\"", route_names[route]), total.routes[route]);
    }
}

void append_handshakes(std::string& out, const Counters& total) {
    append_family(out, "sluice_tls_handshakes_total", "counter", "TLS handshakes of clients.");
    const std::array<std::pair<std::string_view, std::uint64_t>, 3> results{
        {{"full", total.tls_full}, {"resumed", total.tls_resumed}, {"failed", total.tls_failed}}};
    for (const auto& [result, count] : results) {
        fmt::format_to(std::back_inserter(out), "sluice_tls_handshakes_total{{result=\"{}\"}} {}\n",
                       result, count);
    }
}

std::uint64_t resident_bytes() {
    std::uint64_t total_pages = 0;
    std::uint64_t resident_pages = 0;
    std::ifstream("/proc/self/statm") >> total_pages >> resident_pages;
    return resident_pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

void append_family(std::string& out, std::string_view name, std::string_view kind,
                   std::string_view help) {
    fmt::format_to(std::back_inserter(out), "# HELP {0} {2}\n# TYPE {0} {1}\n", name, kind, help);
}

void append_histogram(std::string& out, std::string_view name, std::string_view labels,
                      const Counters::PerRoute& counts) {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < counts.duration_buckets.size(); ++i) {
        below += counts.duration_buckets[i];
        const bool last = i == Counters::duration_bounds_us.size();
        const std::string bound =
            last ? "+Inf" : fmt::format("{}", Counters::duration_bounds_us[i] / 1e6);
        fmt::format_to(std::back_inserter(out), "{}_bucket{{{},le=\"{}\"}} {}\n", name, labels,
                       bound, below);
    }
    CHECK(below == std::accumulate(counts.by_status_class.begin(), counts.by_status_class.end(),
                                   std::uint64_t{0}),
          "a request has one duration and one status");
    fmt::format_to(std::back_inserter(out), "{0}_sum{{{1}}} {2}\n{0}_count{{{1}}} {3}\n", name,
                   labels, static_cast<double>(counts.duration_total_us) / 1e6, below);
}

void Counters::PerRoute::count(http::Status status, Duration took) {
    const auto code = static_cast<unsigned>(status);
    ++by_status_class[std::clamp(code / 100, 2U, 5U) - 2];
    const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(took).count(), 0));
    const auto bucket =
        std::ranges::lower_bound(duration_bounds_us, us) - duration_bounds_us.begin();
    ++duration_buckets[static_cast<std::size_t>(bucket)];
    duration_total_us += us;
}

Counters::PerRoute& Counters::PerRoute::operator+=(const PerRoute& other) {
    std::ranges::transform(by_status_class, other.by_status_class, by_status_class.begin(),
                           std::plus{});
    std::ranges::transform(duration_buckets, other.duration_buckets, duration_buckets.begin(),
                           std::plus{});
    duration_total_us += other.duration_total_us;
    return *this;
}

void Counters::count_request(Route route, http::Status status, Duration took) {
    CHECK(static_cast<std::size_t>(route) < routes.size());
    routes[static_cast<std::size_t>(route)].count(status, took);
}

Counters& Counters::operator+=(const Counters& other) {
    for (std::size_t route = 0; route < routes.size(); ++route)
        routes[route] += other.routes[route];
    for (const auto count :
         {&Counters::connections_open, &Counters::connections_refused, &Counters::tls_full,
          &Counters::tls_resumed, &Counters::tls_failed, &Counters::tokens_issued,
          &Counters::refresh_replays, &Counters::families_revoked, &Counters::logins_failed,
          &Counters::friction_allowed, &Counters::friction_refused, &Counters::upstream_failures,
          &Counters::tokens_live, &Counters::limits_by_redis, &Counters::limits_alone}) {
        this->*count += other.*count;
    }
    return *this;
}

void append_prometheus(std::string& out, const Counters& total, std::uint64_t log_dropped_bytes) {
    append_requests(out, total);
    append_durations(out, total);
    append_single(out, "sluice_connections", "gauge", "Connections open.", total.connections_open);
    append_single(out, "sluice_connections_refused_total", "counter",
                  "Connections beyond max_connections.", total.connections_refused);
    append_handshakes(out, total);
    append_single(out, "sluice_tokens_issued_total", "counter", "Access tokens issued.",
                  total.tokens_issued);
    append_single(out, "sluice_tokens_live", "gauge", "Access tokens in memory.",
                  total.tokens_live);
    append_single(out, "sluice_refresh_replays_total", "counter",
                  "Refresh tokens repeated within the replay window.", total.refresh_replays);
    append_single(out, "sluice_grants_revoked_by_replay_total", "counter",
                  "Grants ended because a code or refresh token was used again.",
                  total.families_revoked);
    append_single(out, "sluice_logins_failed_total", "counter", "Failed sign-ins.",
                  total.logins_failed);
    append_single(out, "sluice_friction_allowed_total", "counter",
                  "Tool calls that friction allowed.", total.friction_allowed);
    append_single(out, "sluice_friction_refused_total", "counter",
                  "Tool calls that friction refused.", total.friction_refused);
    append_single(out, "sluice_upstream_failures_total", "counter",
                  "Requests that failed at the upstream.", total.upstream_failures);
    append_single(out, "sluice_log_dropped_bytes_total", "counter",
                  "Log bytes dropped because the log could not be written in time.",
                  log_dropped_bytes);
    append_single(out, "process_resident_memory_bytes", "gauge", "Resident memory.",
                  resident_bytes());
}

void append_redis(std::string& out, const Counters& total, bool away) {
    append_single(out, "sluice_redis_up", "gauge",
                  "1 while every core reaches Redis; 0: rate limits are counted by this box alone.",
                  away ? 0 : 1);
    append_family(out, "sluice_shared_limits_total", "counter",
                  "Decisions on shared rate limits, by who decided.");
    fmt::format_to(std::back_inserter(out),
                   "sluice_shared_limits_total{{by=\"redis\"}} {}\n"
                   "sluice_shared_limits_total{{by=\"box\"}} {}\n",
                   total.limits_by_redis, total.limits_alone);
}

}  // namespace sluice::metrics
