#include "loadgen/json_report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>

#include <cmath>
#include <fstream>
#include <thread>

#include "base/json_writer.h"

namespace sluice::loadgen {
namespace {

/// Rounded to a nanosecond's worth.
double us(Duration duration) {
    return static_cast<double>(duration.count()) / 1e3;
}

double seconds(Duration duration) {
    return std::round(std::chrono::duration<double>(duration).count() * 1e6) / 1e6;
}

double rounded(double value, double digits = 1e6) {
    return std::round(value * digits) / digits;
}

std::string processor() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        const std::size_t colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) {
            return line.substr(colon + 2);
        }
    }
    return "unknown";
}

void write_latency(JsonWriter& json, const Histogram& latencies) {
    json.begin_object()
        .member("count", latencies.count())
        .member("min", us(latencies.min()))
        .member("mean", us(latencies.mean()))
        .member("stdev", us(latencies.standard_deviation()))
        .member("p50", us(latencies.quantile(0.5)))
        .member("p75", us(latencies.quantile(0.75)))
        .member("p90", us(latencies.quantile(0.9)))
        .member("p95", us(latencies.quantile(0.95)))
        .member("p99", us(latencies.quantile(0.99)))
        .member("p99_9", us(latencies.quantile(0.999)))
        .member("p99_99", us(latencies.quantile(0.9999)))
        .member("max", us(latencies.max()))
        .end_object();
}

void write_settings(JsonWriter& json, const Settings& settings) {
    json.key("settings").begin_object();
    json.member("scenario", settings.scenario_name)
        .member("url", settings.url->origin() + settings.url->target())
        .member("loop", settings.rate ? "open" : "closed");
    json.key("rate");
    settings.rate ? json.value(*settings.rate) : json.null();
    json.member("arrivals", settings.random_arrivals ? "random" : "even")
        .member("connections", settings.connections)
        .member("threads", settings.threads)
        .member("pipeline", settings.depth)
        .member("new_connections", settings.new_connections)
        .member("tls", settings.url->secure())
        .member("busy_poll", settings.busy_poll)
        .member("warm_up_s", seconds(settings.units > 0 ? Duration{} : settings.warm_up))
        .member("timeout_s", seconds(settings.timeout));
    json.key("cores").begin_array();
    for (const unsigned core : settings.cores) json.value(core);
    json.end_array();
    json.key("command").begin_array();
    for (const std::string& word : settings.command) json.value(word);
    json.end_array().end_object();
}

void write_machine(JsonWriter& json) {
    utsname system{};
    uname(&system);
    json.key("machine")
        .begin_object()
        .member("processor", processor())
        .member("cores", std::thread::hardware_concurrency())
        .member("kernel", std::string_view(system.release))
        .end_object();
}

void write_totals(JsonWriter& json, const RunResult& result) {
    const Counts& counts = result.load.counts;
    const double length = std::chrono::duration<double>(result.load.measured).count();
    json.key("totals")
        .begin_object()
        .member("seconds", seconds(result.load.measured))
        .member("done", counts.done)
        .member("failed", counts.failed)
        .member("per_second", rounded(throughput(result.load), 1e3))
        .member("requests", counts.requests)
        .member("requests_per_second", rounded(static_cast<double>(counts.requests) / length, 1e3))
        .member("bytes_received", counts.bytes_received)
        .member("connects", counts.connects)
        .member("tls_resumed", counts.resumed)
        .member("tls", counts.tls)
        .member("open_streams", counts.open_streams)
        .member("events", counts.events)
        .end_object();
}

void write_failures(JsonWriter& json, const Counts& counts) {
    json.key("errors").begin_object();
    for (std::size_t i = 0; i < failure_kinds; ++i) {
        if (counts.failures[i] > 0) json.member(failure_names[i], counts.failures[i]);
    }
    json.end_object();
    json.key("wrong_statuses").begin_object();
    for (const auto& [status, count] : counts.wrong_statuses) {
        json.member(fmt::format("{}", status), count);
    }
    json.end_object();
    json.key("error_samples").begin_array();
    for (const std::string& sample : counts.samples) json.value(sample);
    json.end_array();
}

void write_curve(JsonWriter& json, const Histogram& latencies) {
    json.key("curve_us").begin_array();
    for (const Histogram::Point& point : latencies.curve()) {
        json.begin_array().value(rounded(point.share, 1e9)).value(us(point.value)).end_array();
    }
    json.end_array();
}

void write_timeline(JsonWriter& json, const RunResult& result) {
    json.key("timeline").begin_array();
    double left = std::chrono::duration<double>(result.load.measured).count();
    double at = 0;
    for (const Interval& second : result.load.counts.seconds) {
        Histogram latencies;
        latencies.add(second.latencies);
        const double length = std::min(1.0, left);
        left -= length;
        json.begin_object()
            .member("at_s", rounded(at))
            .member("length_s", rounded(length))
            .member("done", second.done)
            .member("failed", second.failed)
            .member("p50_us", us(latencies.quantile(0.5)))
            .member("p99_us", us(latencies.quantile(0.99)))
            .member("max_us", us(latencies.max()))
            .end_object();
        at += length;
    }
    json.end_array();
}

void write_operations(JsonWriter& json, const LoadResult& load) {
    json.key("operations").begin_array();
    const bool several = load.operations.size() > 1;
    for (std::size_t i = 0; several && i < load.operations.size(); ++i) {
        const OperationCounts& counts = load.counts.operations[i];
        json.begin_object()
            .member("name", load.operations[i])
            .member("done", counts.done)
            .key("latency_us");
        write_latency(json, counts.latencies);
        json.end_object();
    }
    json.end_array();
}

void write_generator(JsonWriter& json, const Settings& settings, const RunResult& result) {
    const Counts& counts = result.load.counts;
    const double requests =
        static_cast<double>(std::max<std::uint64_t>(counts.requests + counts.failed, 1));
    const Duration cpu = counts.cpu_user + counts.cpu_system;
    json.key("generator")
        .begin_object()
        .member("cpu_user_s", seconds(counts.cpu_user))
        .member("cpu_system_s", seconds(counts.cpu_system))
        .member("cpu_us_per_request", rounded(us(cpu) / requests, 1e3))
        .member("share_of_its_cores", rounded(generator_share(result), 1e4))
        .member("busiest_thread", rounded(counts.busiest_thread, 1e4))
        .member("waited_for_core_s", seconds(counts.waited_for_core));
    json.key("late_us");
    settings.rate ? write_latency(json, counts.lateness) : void(json.null());
    json.end_object();
    json.key("server");
    if (!result.server.known) {
        json.null();
        return;
    }
    const double length = std::chrono::duration<double>(result.load.measured).count();
    json.begin_object()
        .member("cpu_s", seconds(result.server.cpu))
        .member("cpu_us_per_request", rounded(us(result.server.cpu) / requests, 1e3))
        .member("cores_used", rounded(seconds(result.server.cpu) / length, 1e4))
        .member("resident_bytes", result.server.resident_bytes)
        .end_object();
}

}  // namespace

std::string json_report(const Settings& settings, const RunResult& result) {
    std::string out;
    JsonWriter json(out);
    const auto started = std::chrono::floor<Seconds>(result.started_at);
    json.begin_object()
        .member("program", "sluice-loadgen")
        .member("version", SLUICE_VERSION)
        .member("label", settings.label.empty() ? settings.scenario_name : settings.label)
        .member("started_at",
                fmt::format("{:%FT%TZ}", fmt::gmtime(started.time_since_epoch().count())));
    write_machine(json);
    write_settings(json, settings);
    json.key("preparation")
        .begin_object()
        .member("tokens", result.preparation.tokens)
        .member("users", result.preparation.users)
        .member("seconds", seconds(result.preparation.took))
        .member("token_memory_bytes", result.preparation.memory_bytes)
        .end_object();
    write_totals(json, result);
    json.key("latency_us");
    write_latency(json, result.load.counts.latencies);
    write_curve(json, result.load.counts.latencies);
    write_failures(json, result.load.counts);
    write_operations(json, result.load);
    write_generator(json, settings, result);
    write_timeline(json, result);
    json.key("warnings").begin_array();
    for (const std::string& warning : result.warnings) json.value(warning);
    json.end_array().end_object();
    out += '\n';
    return out;
}

}  // namespace sluice::loadgen
