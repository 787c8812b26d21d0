#include "loadgen/run.h"

#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <fstream>

#include "base/result.h"
#include "http/resolver.h"
#include "loadgen/process_use.h"
#include "loadgen/scenarios/prepare.h"
#include "loadgen/scenarios/scenario_kind.h"

namespace sluice::loadgen {
namespace {

constexpr double bound_share = 0.9;    // above it the generator is what limits the run
constexpr double waiting_share = 0.1;  // above it others took its cores

std::expected<io::Address, std::string> address_of(const http::HttpUrl& url) {
    if (const auto numeric = http::numeric_address(url.host(), url.port())) return *numeric;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(url.port());
    if (const int error = getaddrinfo(url.host().c_str(), port.c_str(), &hints, &found)) {
        return failure(fmt::format("{} has no address: {}", url.host(), gai_strerror(error)));
    }
    const auto address = io::Address::from_native(found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return address;
}

std::expected<Target, std::string> target_of(const Settings& settings) {
    Target target;
    if (settings.unix_socket.empty()) {
        TRY(target.address, address_of(*settings.url));
    } else {
        const auto address = io::Address::parse("unix:" + settings.unix_socket);
        if (!address) return failure(std::string("--unix-socket takes the path of a socket"));
        target.address = *address;
    }
    target.host = settings.url->host();
    if (!settings.url->secure()) return target;
    target.believes_anybody = settings.tls.insecure;
    if (settings.tls.insecure) {
        target.trust = crypto::TlsTrust::nobody();
        return target;
    }
    const std::string& file = settings.tls.ca_file;
    TRY(target.trust,
        crypto::TlsTrust::load(file.empty() ? crypto::TlsTrust::system_path() : file));
    return target;
}

class Watch final : public LoadObserver {
public:
    Watch(const Settings& settings, Clock& clock, ProgressLine& progress)
        : settings_(settings), clock_(clock), progress_(progress) {}

    void on_measure_begin() override { at_begin_ = cpu_of(server()); }
    void on_measure_end() override {
        if (settings_.server_pids.empty()) return;
        use_.known = all_exist(settings_.server_pids);
        use_.cpu = std::max(cpu_of(server()) - at_begin_, Duration{});  // a child may have ended
        use_.resident_bytes = resident_bytes_of(server());
    }
    void on_progress(const LoadProgress& now) override { progress_.show(now, clock_.monotonic()); }
    const ServerUse& use() const { return use_; }

private:
    std::vector<int> server() const {
        return settings_.with_children ? with_descendants(settings_.server_pids)
                                       : settings_.server_pids;
    }

    const Settings& settings_;
    Clock& clock_;
    ProgressLine& progress_;
    Duration at_begin_{};
    ServerUse use_;
};

double share(std::uint64_t part, double whole) {
    return whole > 0 ? static_cast<double>(part) / whole : 0;
}

void warn_of_the_generator(const Settings& settings, RunResult& result) {
    const Counts& counts = result.load.counts;
    // In an open loop lateness tells; a thread that polls is always busy.
    if (counts.busiest_thread > bound_share && !settings.rate && !settings.busy_poll) {
        result.warnings.push_back(fmt::format(
            "generator-bound: its busiest thread used {:.0f} % of a core, so the server may be "
            "faster than this says; give it more --threads and cores",
            100 * counts.busiest_thread));
    }
    const double cores = static_cast<double>(result.load.measured.count()) * result.threads;
    const double waiting = share(static_cast<std::uint64_t>(counts.waited_for_core.count()), cores);
    if (waiting > waiting_share) {
        result.warnings.push_back(fmt::format(
            "disturbed: for {:.0f} % of the time a thread was ready to run but others had its core",
            100 * waiting));
    }
    const Duration late = counts.lateness.quantile(0.99);
    if (settings.rate && late > std::chrono::milliseconds{1}) {
        result.warnings.push_back(fmt::format(
            "late: 1 % of the requests left more than {:.1f} ms behind the schedule although a "
            "connection was free; the latencies hold that time",
            static_cast<double>(late.count()) / 1e6));
    }
}

void warn_of_the_rate(const Settings& settings, RunResult& result) {
    const Counts& counts = result.load.counts;
    const auto unsent = counts.failures[static_cast<std::size_t>(Failure::unsent)];
    if (unsent > 0) {
        result.warnings.push_back(fmt::format(
            "the rate was too much: {} requests were due but could not be sent, as every "
            "connection waited for an answer",
            unsent));
    } else if (settings.rate && settings.scenario != ScenarioKind::idle_streams &&
               throughput(result.load) < 0.99 * *settings.rate && counts.failed == 0) {
        result.warnings.push_back("the rate was not reached");
    }
}

void warn_of_tls_and_server(const Settings& settings, RunResult& result) {
    if (!settings.server_pids.empty() && !result.server.known) {
        result.warnings.push_back("--server-pid names a process that is not there any more");
    }
    if (result.load.counts.done == 0 && result.load.counts.failed == 0) {
        result.warnings.push_back("nothing was answered in the measured time");
    }
}

}  // namespace

std::expected<RunResult, std::string> run(const Settings& settings, Clock& clock,
                                          const std::atomic<bool>& stop, ProgressLine& progress) {
    RunResult result;
    result.threads = settings.threads;
    TRY(const Target target, target_of(settings));
    if (!settings.server_pids.empty() && !all_exist(settings.server_pids)) {
        return failure(std::string("--server-pid names a process that does not exist"));
    }
    TRY(PreparedScenario prepared, prepare(settings, target, clock, stop, progress));
    result.preparation = prepared.preparation;

    Load load;
    load.threads = settings.threads;
    load.cores = settings.cores;
    load.make_scenario = [&](unsigned thread) { return prepared.make(thread); };
    load.total = {
        .target = target,
        .connections = settings.connections,
        .depth = settings.depth,
        .new_connections = settings.new_connections,
        .rate = settings.rate,
        .arrivals = settings.random_arrivals ? Arrivals::Kind::random : Arrivals::Kind::even,
        .units = settings.units,
        .warm_up = settings.units > 0 ? Duration{} : settings.warm_up,
        .duration = settings.units > 0 ? Duration{} : settings.duration,
        .timeout = settings.timeout,
        .resumes_tls = settings.tls.resume,
        .busy_poll = settings.busy_poll,
    };
    Watch watch(settings, clock, progress);
    progress.begin(settings.scenario_name, settings.units, load.total.duration);
    result.started_at = clock.wall();
    TRY(result.load, run_load(load, clock, stop, watch));
    progress.end();
    result.server = watch.use();
    warn_of_the_generator(settings, result);
    warn_of_the_rate(settings, result);
    warn_of_tls_and_server(settings, result);
    return result;
}

double throughput(const LoadResult& load) {
    const double seconds = std::chrono::duration<double>(load.measured).count();
    return seconds > 0 ? static_cast<double>(load.counts.done) / seconds : 0;
}

double generator_share(const RunResult& result) {
    const Counts& counts = result.load.counts;
    const Duration used = counts.cpu_user + counts.cpu_system;
    const double cores = static_cast<double>(result.load.measured.count()) * result.threads;
    return cores > 0 ? static_cast<double>(used.count()) / cores : 0;
}

}  // namespace sluice::loadgen
