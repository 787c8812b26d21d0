#include "server/metrics.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <utility>

namespace sluice::server {
namespace {

constexpr std::array<std::string_view, 4> status_classes = {"2xx", "3xx", "4xx", "5xx"};

void begin_family(std::string& out, std::string_view name, std::string_view kind,
                  std::string_view help) {
    fmt::format_to(std::back_inserter(out), "# HELP {0} {2}\n# TYPE {0} {1}\n", name, kind, help);
}

void append_single(std::string& out, std::string_view name, std::string_view kind,
                   std::string_view help, std::uint64_t value) {
    begin_family(out, name, kind, help);
    fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

void append_requests(std::string& out, const Metrics& total) {
    begin_family(out, "sluice_requests_total", "counter", "Requests answered.");
    for (std::size_t route = 0; route < route_names.size(); ++route) {
        for (std::size_t group = 0; group < status_classes.size(); ++group) {
            fmt::format_to(std::back_inserter(out),
                           "sluice_requests_total{{route=\"{}\",status=\"{}\"}} {}\n",
                           route_names[route], status_classes[group],
                           total.routes[route].by_status_class[group]);
        }
    }
}

void append_durations(std::string& out, const Metrics& total) {
    begin_family(out, "sluice_request_duration_seconds", "histogram",
                 "Time from a request's last byte to its answer's last byte.");
    for (std::size_t route = 0; route < route_names.size(); ++route) {
        const Metrics::PerRoute& counts = total.routes[route];
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < counts.duration_buckets.size(); ++i) {
            below += counts.duration_buckets[i];
            const bool last = i == Metrics::duration_bounds_us.size();
            const std::string bound =
                last ? "+Inf" : fmt::format("{}", Metrics::duration_bounds_us[i] / 1e6);
            fmt::format_to(std::back_inserter(out),
                           "sluice_request_duration_seconds_bucket{{route=\"{}\",le=\"{}\"}} {}\n",
                           route_names[route], bound, below);
        }
        fmt::format_to(std::back_inserter(out),
                       "sluice_request_duration_seconds_sum{{route=\"{0}\"}} {1}\n"
                       "sluice_request_duration_seconds_count{{route=\"{0}\"}} {2}\n",
                       route_names[route], static_cast<double>(counts.duration_total_us) / 1e6,
                       below);
    }
}

void append_handshakes(std::string& out, const Metrics& total) {
    begin_family(out, "sluice_tls_handshakes_total", "counter", "TLS handshakes of clients.");
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

void Metrics::count_request(Route route, http::Status status, Duration took) {
    PerRoute& counts = routes[static_cast<std::size_t>(route)];
    const auto code = static_cast<unsigned>(status);
    ++counts.by_status_class[std::clamp(code / 100, 2U, 5U) - 2];
    const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(took).count(), 0));
    const auto bucket =
        std::ranges::lower_bound(duration_bounds_us, us) - duration_bounds_us.begin();
    ++counts.duration_buckets[static_cast<std::size_t>(bucket)];
    counts.duration_total_us += us;
}

Metrics& Metrics::operator+=(const Metrics& other) {
    for (std::size_t route = 0; route < routes.size(); ++route) {
        PerRoute& mine = routes[route];
        const PerRoute& theirs = other.routes[route];
        std::ranges::transform(mine.by_status_class, theirs.by_status_class,
                               mine.by_status_class.begin(), std::plus{});
        std::ranges::transform(mine.duration_buckets, theirs.duration_buckets,
                               mine.duration_buckets.begin(), std::plus{});
        mine.duration_total_us += theirs.duration_total_us;
    }
    for (const auto count :
         {&Metrics::connections_open, &Metrics::connections_refused, &Metrics::tls_full,
          &Metrics::tls_resumed, &Metrics::tls_failed, &Metrics::tokens_issued,
          &Metrics::refresh_replays, &Metrics::families_revoked, &Metrics::logins_failed,
          &Metrics::friction_allowed, &Metrics::friction_refused, &Metrics::upstream_failures,
          &Metrics::tokens_live}) {
        this->*count += other.*count;
    }
    return *this;
}

void append_prometheus(std::string& out, const Metrics& total, std::uint64_t log_dropped_bytes) {
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
                  "Refresh tokens repeated inside the replay window.", total.refresh_replays);
    append_single(out, "sluice_grants_revoked_by_replay_total", "counter",
                  "Grants ended because a code or refresh token was used again.",
                  total.families_revoked);
    append_single(out, "sluice_logins_failed_total", "counter", "Wrong passwords.",
                  total.logins_failed);
    append_single(out, "sluice_friction_allowed_total", "counter",
                  "Tool calls that friction let pass.", total.friction_allowed);
    append_single(out, "sluice_friction_refused_total", "counter",
                  "Tool calls that friction refused.", total.friction_refused);
    append_single(out, "sluice_upstream_failures_total", "counter",
                  "Requests that an upstream did not answer properly.", total.upstream_failures);
    append_single(out, "sluice_log_dropped_bytes_total", "counter",
                  "Log bytes dropped because the log could not be written in time.",
                  log_dropped_bytes);
    append_single(out, "process_resident_memory_bytes", "gauge", "Resident memory.",
                  resident_bytes());
}

}  // namespace sluice::server
