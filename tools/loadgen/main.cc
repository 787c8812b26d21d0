// sluice-loadgen: reads the command line, runs, and writes what was asked for.
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "base/result.h"
#include "loadgen/command_line.h"
#include "loadgen/html_report.h"
#include "loadgen/json_report.h"
#include "loadgen/run.h"
#include "loadgen/summary.h"

namespace sluice::loadgen {
namespace {

std::atomic<bool> stop = false;  // set by a signal, which can reach nothing else

void on_signal(int) {
    stop.store(true);
}

int fail(std::string_view text) {
    fmt::print(stderr, "sluice-loadgen: {}\n", text);
    return 1;
}

std::expected<void, std::string> write_file(const std::string& name, std::string_view text) {
    if (name == "-") {
        fmt::print("{}", text);
        return {};
    }
    std::ofstream file(name, std::ios::binary);
    file << text;
    file.close();
    if (!file) return failure(fmt::format("cannot write {}", name));
    return {};
}

/// Errors: not there, or no JSON of a run.
std::expected<std::string, std::string> read_run(const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) return failure(fmt::format("cannot read {}", name));
    std::string run = std::move(text).str();
    const auto document = JsonDocument::parse(run);
    if (!document || document->root().find_string("program") != "sluice-loadgen") {
        return failure(fmt::format("{} is no run of sluice-loadgen", name));
    }
    return run;
}

int report(const ReportCommand& command) {
    const auto run = read_run(command.run_file);
    if (!run) return fail(run.error());
    std::string compare;
    if (!command.compare_file.empty()) {
        auto other = read_run(command.compare_file);
        if (!other) return fail(other.error());
        compare = *std::move(other);
    }
    const auto written = write_file(command.html_file, html_report(*run, compare));
    return written ? 0 : fail(written.error());
}

bool too_many_failed(const Settings& settings, const Counts& counts) {
    const auto failed = static_cast<double>(counts.failed);
    if (!settings.errors_max_is_share) return failed > settings.errors_max;
    return failed > settings.errors_max * static_cast<double>(counts.failed + counts.done);
}

/// Every connection needs a descriptor.
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int apply_load(const Settings& settings) {
    std::string compare;
    if (!settings.compare_file.empty()) {  // before the run, so that no run is lost to a typo
        auto other = read_run(settings.compare_file);
        if (!other) return fail(other.error());
        compare = *std::move(other);
    }
    raise_descriptor_limit();
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    SystemClock clock;
    ProgressLine progress(settings.quiet, isatty(STDERR_FILENO) != 0);
    const auto result = run(settings, clock, stop, progress);
    progress.end();
    if (!result) return fail(result.error());

    const std::string json = json_report(settings, *result);
    if (settings.json_file != "-") fmt::print("{}", summary(settings, *result));
    if (!settings.json_file.empty()) {
        const auto written = write_file(settings.json_file, json);
        if (!written) return fail(written.error());
    }
    if (!settings.html_file.empty()) {
        const auto written = write_file(settings.html_file, html_report(json, compare));
        if (!written) return fail(written.error());
    }
    const Counts& counts = result->load.counts;
    if (!too_many_failed(settings, counts) && counts.done > 0) return 0;
    return fail(failure_line(counts));
}

int run_command(const std::vector<std::string>& words) {
    const auto command = read_command_line(words);
    if (!command) {
        std::fputs(command.error().text.c_str(), command.error().status == 0 ? stdout : stderr);
        return command.error().status;
    }
    if (const auto* saved = std::get_if<ReportCommand>(&*command)) return report(*saved);
    return apply_load(std::get<Settings>(*command));
}

}  // namespace
}  // namespace sluice::loadgen

int main(int argc, char** argv) {
    return sluice::loadgen::run_command({argv + 1, argv + argc});
}
