#include "server/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "config/quantity.h"
#include "server/storage_command_line.h"

namespace sluice::server {
namespace {

constexpr int usage_status = 2;

struct Arguments {
    DevCommand dev;
    std::string upstream;
    std::string user;
    ServeCommand serve;
    CheckConfigCommand check;
    simulate::SimulateCommand simulate;
    std::string fleet;
    std::string duration;
    StorageArguments storage;
    ExplainCommand explain;
};

constexpr std::string_view simulate_footer =
    R"(A trace is JSON Lines, one call a line:
  {"time": 12.5, "client": "agent-1", "tool": "delete_note", "justification": "asked to tidy up"}
time is seconds or RFC 3339, justification may be absent. Sluice's own log is a trace as it stands:
its friction lines are taken, so run with mode = "observe" and log level "debug" for a while and feed
the log. A recorded friction vector (one JSON object with "steps") is taken too. A call that is
delayed moves the client's later calls; nothing else in a trace reacts.

Made-up agents do react. behaved: half of each target, waits when told to, gives a reason if asked.
looping: stuck for a third of the time on one tool, deaf to every answer. mixed: one in four loops.

  sluice friction simulate --config sluice.toml --trace sluice.log --out report
  sluice friction simulate --config sluice.toml --generate mixed --clients 20 --svg fleet.svg)";

/// What only made-up agents have.
void describe_agents(CLI::App& simulate, CLI::Option* generate, Arguments& to) {
    simulate::SimulateCommand& command = to.simulate;
    simulate.add_option("--clients", command.clients, "How many agents (8 if mixed, else 1)")
        ->type_name("N")
        ->check(CLI::Range(1U, 100'000U))
        ->needs(generate);
    simulate.add_option("--rate", command.calls_per_minute, "Calls a minute of each agent")
        ->type_name("N")
        ->check(CLI::Range(0.001, 60'000.0))
        ->capture_default_str()
        ->needs(generate);
    simulate.add_option("--duration", to.duration, "How long agents work: 90s, 30m, 8h (30m)")
        ->type_name("TIME")
        ->needs(generate);
    simulate.add_option("--seed", command.seed, "The same seed makes the same agents")
        ->type_name("N")
        ->capture_default_str()
        ->needs(generate);
    simulate
        .add_option("--tool", command.loop_tool,
                    "What loops are about (the tool of the least target)")
        ->type_name("NAME")
        ->needs(generate);
}

void describe_simulate(CLI::App& app, Arguments& to) {
    CLI::App* friction = app.add_subcommand("friction", "Try friction before it is turned on");
    friction->require_subcommand(1);
    CLI::App* simulate = friction->add_subcommand(
        "simulate",
        "Lead a trace of tool calls, recorded or made up, through a configuration's friction: a "
        "table, and a picture and JSON where wanted");
    simulate::SimulateCommand& command = to.simulate;
    simulate->add_option("--config", command.config, "The configuration file")
        ->type_name("FILE")
        ->required();
    simulate
        ->add_option("--resource", command.resource,
                     "Path of the resource, where several have friction")
        ->type_name("PATH");
    CLI::App* calls = simulate->add_option_group("calls", "One of the two:");
    calls->require_option(1);
    calls->add_option("--trace", command.trace, "Calls that were made")->type_name("FILE");
    CLI::Option* generate = calls->add_option("--generate", to.fleet, "Calls of made-up agents")
                                ->type_name("looping|behaved|mixed")
                                ->check(CLI::IsMember({"looping", "behaved", "mixed"}));
    describe_agents(*simulate, generate, to);
    simulate->add_option("--out", command.out, "Write friction.svg and friction.json there")
        ->type_name("DIR");
    simulate->add_option("--svg", command.svg, "Write the picture")->type_name("FILE");
    simulate->add_option("--json", command.json, "Write all numbers")->type_name("FILE");
    simulate->footer(std::string(simulate_footer));
}

void describe_policy(CLI::App& app, ExplainCommand& to) {
    CLI::App* policy = app.add_subcommand("policy", "Ask the access rules");
    policy->require_subcommand(1);
    CLI::App* explain = policy->add_subcommand(
        "explain", "Which rule decides on a request, and why the others do not");
    explain->add_option("--config", to.config, "The configuration file")
        ->type_name("FILE")
        ->required();
    explain->add_option("--tool", to.object, "The tool; with --method, the prompt or the URI")
        ->type_name("NAME")
        ->required();
    explain->add_option("--user", to.user, "Who signed in (without it: the client itself)")
        ->type_name("NAME");
    explain->add_option("--client", to.client, "The client_id")->type_name("ID")->required();
    explain
        ->add_option(
            "--scope", to.scope,
            "What was granted, names with a space between (without it: all that is needed)")
        ->type_name("SCOPES");
    explain->add_option("--args", to.arguments, "The call's arguments, a JSON object")
        ->type_name("JSON");
    explain->add_option("--method", to.method, "Another method, such as resources/read")
        ->type_name("METHOD")
        ->capture_default_str();
    explain->add_option("--resource", to.resource, "Path of the resource, where there are several")
        ->type_name("PATH");
}

void describe(CLI::App& app, Arguments& to) {
    app.description(
        "Sluice: OAuth 2.1 authorization server, resource gateway and friction controller for MCP "
        "servers.");
    app.set_version_flag("--version", "sluice " SLUICE_VERSION, "Print the version");
    app.require_subcommand(1);
    app.footer(
        "Try it:   sluice dev\n"
        "Run it:   sluice check-config sluice.toml && sluice serve --config sluice.toml");

    CLI::App* dev = app.add_subcommand(
        "dev", "Run everything on this machine, with a ready user and a notes MCP server");
    dev->add_option("--listen", to.dev.listen, "Where to listen")
        ->type_name("ADDRESS")
        ->capture_default_str();
    dev->add_option("--upstream", to.upstream,
                    "URL of an MCP server to protect instead of the notes server")
        ->type_name("URL");
    dev->add_option("--user", to.user,
                    "Who can sign in; without it the name is demo and the password is made up")
        ->type_name("NAME:PASSWORD");

    CLI::Option* storage =
        dev->add_option("--storage", to.dev.storage,
                        "File that keeps what is made, for the next run (without it: dev.db below "
                        "$XDG_STATE_HOME/sluice or ~/.local/state/sluice)")
            ->type_name("FILE");
    dev->add_flag("--memory", to.dev.memory, "Keep nothing")->excludes(storage);

    CLI::App* serve =
        app.add_subcommand("serve", "Run what a configuration file says, until SIGTERM");
    serve->add_option("--config", to.serve.config, "The configuration file (docs/CONFIGURATION.md)")
        ->type_name("FILE")
        ->required();

    CLI::App* check = app.add_subcommand(
        "check-config",
        "Print every problem of a configuration file, or what it sets up; run nothing");
    check->add_option("FILE", to.check.config, "The configuration file")->type_name("")->required();

    app.add_subcommand("hash-password",
                       "Read a password and print the password_hash line for [[auth.user]]");
    describe_simulate(app, to);
    describe_policy(app, to.explain);
    describe_storage(app, to.storage);
}

CommandLineExit mistake(std::string_view text) {
    return {usage_status, fmt::format("sluice: {}\nTry `sluice --help`.\n", text)};
}

std::expected<Command, CommandLineExit> dev_command(Arguments& arguments) {
    DevCommand& dev = arguments.dev;
    if (!arguments.upstream.empty()) dev.upstream = arguments.upstream;
    if (!arguments.user.empty()) {
        const std::size_t colon = arguments.user.find(':');
        if (colon == 0 || colon == std::string::npos || colon + 1 == arguments.user.size()) {
            return std::unexpected(mistake("--user takes NAME:PASSWORD"));
        }
        dev.username = arguments.user.substr(0, colon);
        dev.password = Secret(arguments.user.substr(colon + 1));
    }
    return dev;
}

std::expected<Command, CommandLineExit> simulate_command(Arguments& arguments) {
    simulate::SimulateCommand& command = arguments.simulate;
    using simulate::Fleet;
    if (arguments.fleet == "behaved") command.generate = Fleet::behaved;
    if (arguments.fleet == "looping") command.generate = Fleet::looping;
    if (arguments.fleet == "mixed") command.generate = Fleet::mixed;
    if (!arguments.duration.empty()) {
        const auto duration = config::parse_duration(arguments.duration);
        if (!duration || *duration <= Duration::zero()) {
            return std::unexpected(mistake("--duration takes a time such as 90s, 30m or 8h"));
        }
        command.duration = *duration;
    }
    return command;
}

// What CLI11 throws for --help and --version is no mistake.
CommandLineExit exit_for(const CLI::App& app, const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return mistake(error.what());
    std::ostringstream out;
    app.exit(error, out, out);
    return {0, out.str()};
}

}  // namespace

std::expected<Command, CommandLineExit> parse_command_line(int argc, const char* const* argv) {
    CLI::App app("", "sluice");
    Arguments arguments;
    describe(app, arguments);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return std::unexpected(exit_for(app, error));
    }
    if (app.got_subcommand("dev")) return dev_command(arguments);
    if (app.got_subcommand("serve")) return arguments.serve;
    if (app.got_subcommand("check-config")) return arguments.check;
    if (app.got_subcommand("policy")) return arguments.explain;
    if (app.got_subcommand("friction")) return simulate_command(arguments);
    if (auto command = storage_command(app, arguments.storage)) return *std::move(command);
    return HashPasswordCommand{};
}

}  // namespace sluice::server
