#include "simulate/command.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>

#include "simulate/chart.h"
#include "simulate/inputs.h"
#include "simulate/report.h"

namespace sluice::simulate {
namespace {

constexpr std::size_t samples = 480;  // about one for two pixels

/// `message` names the file that is at fault.
int fail(std::string_view message) {
    fmt::print(stderr, "{}\n", message);
    return 1;
}

bool write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    return file.good();
}

struct Wanted {
    std::string svg;
    std::string json;
};

std::expected<Wanted, std::string> places(const SimulateCommand& command) {
    Wanted wanted{command.svg, command.json};
    if (command.out.empty()) return wanted;
    const std::filesystem::path folder = command.out;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        return std::unexpected(fmt::format("{}: {}", command.out, error.message()));
    }
    if (wanted.svg.empty()) wanted.svg = folder / "friction.svg";
    if (wanted.json.empty()) wanted.json = folder / "friction.json";
    return wanted;
}

}  // namespace

int run_simulate(const SimulateCommand& command) {
    using namespace simulate;
    const auto subject = load_subject(command);
    if (!subject) return fail(subject.error());
    const auto source = Source::open(command, *subject);
    if (!source) return fail(source.error());
    const auto wanted = places(command);
    if (!wanted) return fail(wanted.error());

    const friction::FrictionConfig& friction = *subject->friction;
    const History run = simulate::simulate(*source->workload(), friction);
    const Summary summary = summarise(run);
    // Whom to draw shows only at the end, so the same happens once more, under observation.
    Sampler sampler(run, friction, choose_focus(summary, focus_max), samples);
    simulate::simulate(*source->workload(), friction, &sampler);
    const Series series = sampler.take();
    const Report report{friction,       run,           summary, series, subject->resource,
                        source->text(), source->json()};

    fmt::print("{}", table(report));
    if (!wanted->svg.empty()) {
        if (!write_file(wanted->svg, draw(report)))
            return fail(wanted->svg + ": cannot be written");
        fmt::print("\n{}", wanted->svg);
    }
    if (!wanted->json.empty()) {
        if (!write_file(wanted->json, json(report))) {
            return fail(wanted->json + ": cannot be written");
        }
        fmt::print("\n{}", wanted->json);
    }
    if (!wanted->svg.empty() || !wanted->json.empty()) fmt::print("\n");
    return 0;
}

}  // namespace sluice::simulate
