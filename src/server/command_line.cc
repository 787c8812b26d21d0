#include "server/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace sluice::server {
namespace {

constexpr int usage_status = 2;

struct Arguments {
    DevCommand dev;
    std::string upstream;
    std::string user;
    ServeCommand serve;
    CheckConfigCommand check;
};

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
        "dev",
        "Run everything on this machine, in memory, with a ready user and a notes MCP server");
    dev->add_option("--listen", to.dev.listen, "Where to listen")
        ->type_name("ADDRESS")
        ->capture_default_str();
    dev->add_option("--upstream", to.upstream,
                    "URL of an MCP server to protect instead of the notes server")
        ->type_name("URL");
    dev->add_option("--user", to.user,
                    "Who can sign in; without it the name is demo and the password is made up")
        ->type_name("NAME:PASSWORD");

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
    return HashPasswordCommand{};
}

}  // namespace sluice::server
