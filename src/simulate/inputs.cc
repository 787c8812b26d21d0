#include "simulate/inputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "base/json_writer.h"
#include "base/result.h"
#include "config/config.h"
#include "config/toml_reader.h"
#include "simulate/agents.h"
#include "simulate/number_format.h"
#include "simulate/recorded.h"

namespace sluice::simulate {
namespace {

std::string joined(const std::string& file, const std::vector<config::Problem>& problems) {
    std::string text;
    for (const config::Problem& problem : problems) {
        text += (text.empty() ? "" : "\n") + config::format_problem(file, problem);
    }
    return text;
}

/// As load_config(), with all friction enabled.
std::expected<config::Config, std::string> load_enabled(const std::string& path) {
    const auto text = config::read_text_file(path);
    if (!text) return failure(fmt::format("{}: the file cannot be read", path));
    config::Problems problems;
    auto raw = config::read_toml(*text, problems);
    if (!raw || !problems.empty()) return failure(joined(path, problems.take()));
    for (config::RawResource& resource : raw->resources) {
        if (resource.friction) resource.friction->enabled = true;
    }
    const config::ProcessEnvironment environment(std::filesystem::path(path).parent_path());
    auto config = config::validate(*raw, environment);
    if (!config) return failure(joined(path, config.error()));
    return *std::move(config);
}

std::string_view fleet_name(Fleet fleet) {
    switch (fleet) {
        case Fleet::behaved:
            return "behaved";
        case Fleet::looping:
            return "looping";
        case Fleet::mixed:
            return "mixed";
    }
    return "";
}

AgentSettings agent_settings(const SimulateCommand& command) {
    const auto seconds = std::chrono::duration<double>(command.duration).count();
    AgentSettings settings{.fleet = *command.generate,
                           .clients = command.clients,
                           .calls_per_minute = command.calls_per_minute,
                           .duration_seconds = seconds,
                           .seed = command.seed,
                           .loop_tool = command.loop_tool};
    if (settings.clients == 0) settings.clients = settings.fleet == Fleet::mixed ? 8 : 1;
    return settings;
}

std::expected<void, std::string> check_agents(const SimulateCommand& command,
                                              const friction::FrictionConfig& friction) {
    constexpr double calls_max = 2e6;
    const AgentSettings settings = agent_settings(command);
    if (friction.tool_count() == 0) {
        return failure(std::string("no tool has friction, so there is nothing to overuse"));
    }
    if (!settings.loop_tool.empty() && !friction.tool(settings.loop_tool).is_listed()) {
        return failure(
            fmt::format("--tool: the tool \"{0}\" has no table "
                        "[resource.friction.tools.{0}]",
                        settings.loop_tool));
    }
    const double calls =
        settings.clients * settings.calls_per_minute * settings.duration_seconds / 60;
    if (calls > calls_max) {
        return failure(
            fmt::format("{:.0f} calls would be made up, more than {:.0f}: fewer "
                        "--clients, a lower --rate, or a shorter --duration",
                        calls, calls_max));
    }
    return {};
}

}  // namespace

std::expected<Subject, std::string> load_subject(const SimulateCommand& command) {
    TRY(const config::Config config, load_enabled(command.config));
    std::vector<std::string> paths;
    const resource::ResourceSettings* chosen = nullptr;
    for (const resource::ResourceSettings& resource : config.gateway().resources) {
        if (!resource.friction) continue;
        paths.push_back(resource.path);
        if (command.resource.empty() || command.resource == resource.path) chosen = &resource;
    }
    if (paths.empty()) {
        return failure(
            fmt::format("{}: no resource has a [resource.friction] to try", command.config));
    }
    if (command.resource.empty() && paths.size() > 1) {
        return failure(
            fmt::format("{}: several resources have friction: choose one by --resource {}",
                        command.config, fmt::join(paths, " or ")));
    }
    if (chosen == nullptr) {
        return failure(fmt::format("{}: no resource {} has friction; {} has", command.config,
                                   command.resource, fmt::join(paths, ", ")));
    }
    return Subject{chosen->path, chosen->friction};
}

std::expected<Source, std::string> Source::open(const SimulateCommand& command,
                                                const Subject& subject) {
    Source source(command, *subject.friction);
    if (command.generate) {
        REQUIRE(check_agents(command, *subject.friction));
        return source;
    }
    std::ifstream file(command.trace, std::ios::binary);
    std::ostringstream text;
    // An empty file inserts nothing, which a stream takes for a failure.
    if (!file || (file.peek() != std::ifstream::traits_type::eof() && !(text << file.rdbuf()))) {
        return failure(fmt::format("{}: the file cannot be read", command.trace));
    }
    auto trace = read_trace(text.view(), subject.resource);
    if (!trace) {
        const auto& [line, what] = trace.error();
        return failure(line == 0 ? fmt::format("{}: {}", command.trace, what)
                                 : fmt::format("{}:{}: {}", command.trace, line, what));
    }
    source.trace_ = std::make_shared<const Trace>(*std::move(trace));
    return source;
}

std::unique_ptr<Workload> Source::workload() const {
    if (trace_ != nullptr) return std::make_unique<RecordedWorkload>(*trace_);
    return std::make_unique<Agents>(agent_settings(command_), *friction_);
}

std::string Source::text() const {
    if (trace_ != nullptr) {
        return fmt::format("{}, {}, {}", std::filesystem::path(command_.trace).filename().string(),
                           count_text(trace_->clients.size(), "client"),
                           time_text(trace_->calls.back().at));
    }
    const AgentSettings settings = agent_settings(command_);
    return fmt::format("{} made-up agent{} ({}), {:g} calls a minute each, {}, seed {}",
                       settings.clients, settings.clients == 1 ? "" : "s",
                       fleet_name(settings.fleet), settings.calls_per_minute,
                       time_text(settings.duration_seconds), settings.seed);
}

std::string Source::json() const {
    std::string text;
    JsonWriter out(text);
    out.begin_object();
    if (trace_ != nullptr) {
        out.member("trace", command_.trace);
    } else {
        const AgentSettings settings = agent_settings(command_);
        out.member("generate", fleet_name(settings.fleet))
            .member("clients", settings.clients)
            .member("calls_per_minute", settings.calls_per_minute)
            .member("duration_seconds", settings.duration_seconds)
            .member("seed", settings.seed);
    }
    out.end_object();
    return text;
}

}  // namespace sluice::simulate
