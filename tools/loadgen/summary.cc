#include "loadgen/summary.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::loadgen {
namespace {

using Out = std::back_insert_iterator<std::string>;

std::string three_digits(double value) {
    if (value >= 100) return fmt::format("{:.0f}", value);
    if (value >= 10) return fmt::format("{:.1f}", value);
    return fmt::format("{:.2f}", value);
}

std::string counted(unsigned number, std::string_view thing) {
    return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

std::string loop_text(const Settings& settings) {
    if (!settings.rate) return "closed loop";
    return fmt::format("open loop at {:.0f}/s, latency counted from when each was due",
                       *settings.rate);
}

void append_quantiles(Out out, std::string_view name, const Histogram& latencies) {
    fmt::format_to(out, "  {:<22}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}\n", name,
                   readable(latencies.quantile(0.5)), readable(latencies.quantile(0.9)),
                   readable(latencies.quantile(0.99)), readable(latencies.quantile(0.999)),
                   readable(latencies.quantile(0.9999)), readable(latencies.max()));
}

void append_latencies(Out out, const LoadResult& load) {
    fmt::format_to(out, "  {:<22}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}\n", "latency", "p50", "p90",
                   "p99", "p99.9", "p99.99", "max");
    append_quantiles(out, "all", load.counts.latencies);
    if (load.operations.size() < 2) return;
    for (std::size_t i = 0; i < load.operations.size(); ++i) {
        append_quantiles(out, load.operations[i], load.counts.operations[i].latencies);
    }
}

void append_failures(Out out, const Counts& counts) {
    if (counts.failed == 0) return;
    fmt::format_to(out, "  failed: {}\n", counts.failed);
    for (std::size_t i = 0; i < failure_kinds; ++i) {
        if (counts.failures[i] == 0) continue;
        fmt::format_to(out, "    {:<12} {}\n", failure_names[i], counts.failures[i]);
    }
    for (const std::string& sample : counts.samples) fmt::format_to(out, "    e.g. {}\n", sample);
}

void append_cpu(Out out, const RunResult& result) {
    const Counts& counts = result.load.counts;
    const auto requests =
        static_cast<double>(std::max<std::uint64_t>(counts.requests + counts.failed, 1));
    const Duration own = counts.cpu_user + counts.cpu_system;
    fmt::format_to(out, "  generator: {} us CPU a request, {:.0f} % of its {}\n",
                   three_digits(static_cast<double>(own.count()) / 1e3 / requests),
                   100 * generator_share(result),
                   result.threads == 1 ? "core" : fmt::format("{} cores", result.threads));
    if (!result.server.known) return;
    const auto measured = static_cast<double>(result.load.measured.count());
    fmt::format_to(out, "  server: {} us CPU a request, {:.2f} cores busy, {:.1f} MiB resident\n",
                   three_digits(static_cast<double>(result.server.cpu.count()) / 1e3 / requests),
                   static_cast<double>(result.server.cpu.count()) / measured,
                   static_cast<double>(result.server.resident_bytes) / 1048576);
}

}  // namespace

std::string readable(Duration duration) {
    const auto nanoseconds = static_cast<double>(duration.count());
    if (nanoseconds < 1e6) return three_digits(nanoseconds / 1e3) + " us";
    if (nanoseconds < 1e9) return three_digits(nanoseconds / 1e6) + " ms";
    return three_digits(nanoseconds / 1e9) + " s";
}

std::string failure_line(const Counts& counts) {
    if (counts.failed == 0) return "nothing was answered in the measured time";
    std::string line = fmt::format("{} of {} failed (", counts.failed, counts.failed + counts.done);
    std::string_view separator;
    for (std::size_t i = 0; i < failure_kinds; ++i) {
        if (counts.failures[i] == 0) continue;
        line += fmt::format("{}{} {}", separator, failure_names[i], counts.failures[i]);
        separator = ", ";
    }
    line += ')';
    if (!counts.samples.empty()) line += fmt::format("; e.g. {}", counts.samples.front());
    return line;
}

std::string summary(const Settings& settings, const RunResult& result) {
    std::string text;
    const Out out = std::back_inserter(text);
    const Counts& counts = result.load.counts;
    fmt::format_to(out, "{} at {}, {}, {}, {}\n", settings.scenario_name, settings.url->origin(),
                   counted(settings.connections, "connection"), counted(settings.threads, "thread"),
                   loop_text(settings));
    if (result.preparation.tokens > 0) {
        fmt::format_to(out, "  prepared {} tokens in {}, kept in {:.1f} MiB\n",
                       result.preparation.tokens, readable(result.preparation.took),
                       static_cast<double>(result.preparation.memory_bytes) / 1048576);
    }
    fmt::format_to(out, "  {} done in {}: {:.0f}/s", counts.done, readable(result.load.measured),
                   throughput(result.load));
    if (counts.requests > counts.done) {
        const double seconds = std::chrono::duration<double>(result.load.measured).count();
        fmt::format_to(out, " ({:.0f} requests/s)", static_cast<double>(counts.requests) / seconds);
    }
    text += '\n';
    if (settings.scenario == ScenarioKind::idle_streams) {
        fmt::format_to(out, "  {} streams open at the end, {} events\n", counts.open_streams,
                       counts.events);
    }
    append_latencies(out, result.load);
    append_failures(out, counts);
    append_cpu(out, result);
    for (const std::string& warning : result.warnings) {
        fmt::format_to(out, "  WARNING {}\n", warning);
    }
    return text;
}

}  // namespace sluice::loadgen
