#include "loadgen/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <sstream>

#include "base/ascii.h"
#include "base/json.h"
#include "base/result.h"
#include "loadgen/scenarios/scenario_kind.h"
#include "loadgen/shown_command.h"
#include "loadgen/typed_options.h"

namespace sluice::loadgen {
namespace {

constexpr int usage_status = 2;

CommandLineExit mistake(std::string_view text) {
    return {usage_status, fmt::format("sluice-loadgen: {}\nTry `sluice-loadgen --help`.\n", text)};
}

using Checked = std::expected<void, std::string>;

Checked read_credentials(std::string_view option, const std::string& text, Credentials& to) {
    const std::size_t colon = text.find(':');
    if (colon == 0 || colon == std::string::npos) {
        return failure(fmt::format("{} takes NAME:SECRET", option));
    }
    to = {text.substr(0, colon), text.substr(colon + 1)};
    return {};
}

Checked read_durations(const Typed& typed, Settings& settings) {
    const std::pair<std::string_view, std::pair<const std::string*, Duration*>> all[] = {
        {"--duration", {&typed.duration, &settings.duration}},
        {"--warm-up", {&typed.warm_up, &settings.warm_up}},
        {"--timeout", {&typed.timeout, &settings.timeout}},
    };
    for (const auto& [name, option] : all) {
        const auto duration = parse_duration(*option.first);
        if (!duration) {
            return failure(fmt::format("{} takes a time such as 500ms, 10s or 5m", name));
        }
        *option.second = *duration;
    }
    if (settings.duration <= Duration::zero() || settings.timeout <= Duration::zero()) {
        return failure(std::string("--duration and --timeout are longer than nothing"));
    }
    return {};
}

Checked read_amounts(const Typed& typed, Settings& settings) {
    if (!typed.rate.empty()) {
        settings.rate = parse_amount(typed.rate);
        if (!settings.rate || *settings.rate <= 0) {
            return failure(std::string("--rate takes a number above 0, such as 500 or 50k"));
        }
    }
    const auto tokens = parse_amount(typed.tokens);
    if (!tokens || *tokens < 1 || *tokens > 1e9) {
        return failure(std::string("--tokens takes a number such as 1000 or 10M"));
    }
    settings.oauth.tokens = static_cast<std::uint64_t>(*tokens);
    if (!typed.units.empty()) {
        const auto units = parse_amount(typed.units);
        if (!units || *units < 1 || *units > 1e15) {
            return failure(std::string("--requests takes a number such as 1000 or 1M"));
        }
        settings.units = static_cast<std::uint64_t>(*units);
    }
    std::string_view errors = typed.errors_max;
    settings.errors_max_is_share = errors.ends_with('%');
    if (settings.errors_max_is_share) errors.remove_suffix(1);
    const auto errors_max = parse_amount(errors);
    if (!errors_max) return failure(std::string("--max-errors takes 10 or 0.1%"));
    settings.errors_max = *errors_max / (settings.errors_max_is_share ? 100 : 1);
    return {};
}

Checked read_request(const Typed& typed, Settings& settings) {
    for (const std::string& field : typed.fields) {
        const std::size_t colon = field.find(':');
        const bool clean = field.find_first_of("\r\n") == std::string::npos;
        if (colon == 0 || colon == std::string::npos || !clean) {
            return failure(fmt::format("--header takes 'Name: value', not '{}'", field));
        }
        settings.request.fields.emplace_back(field.substr(0, colon),
                                             trim(std::string_view(field).substr(colon + 1)));
    }
    if (!typed.body.empty()) settings.request.body = typed.body;
    if (!typed.body_file.empty()) {
        std::ifstream file(typed.body_file, std::ios::binary);
        std::ostringstream text;
        if (!file || !(text << file.rdbuf())) {
            return failure(fmt::format("cannot read {}", typed.body_file));
        }
        settings.request.body = std::move(text).str();
    }
    if (!typed.path.empty()) {
        if (!typed.path.starts_with('/')) return failure(std::string("--path begins with /"));
        settings.request.path = typed.path;
    }
    if (!typed.method.empty()) settings.request.method = typed.method;
    if (typed.expect_status != 0) settings.request.expect_status = typed.expect_status;
    if (!typed.expect_text.empty()) settings.request.expect_text = typed.expect_text;
    return {};
}

Checked read_target(const Typed& typed, Settings& settings) {
    if (typed.scenario.empty() || typed.url.empty()) {
        return failure(std::string("a scenario and a URL are needed: get http://127.0.0.1:8080/"));
    }
    const auto scenario = scenario_of(typed.scenario);
    if (!scenario) return failure(fmt::format("there is no scenario '{}'", typed.scenario));
    settings.scenario = *scenario;
    settings.scenario_name = typed.scenario;
    settings.url = http::HttpUrl::parse(typed.url);
    if (!settings.url) return failure(fmt::format("'{}' is no http or https URL", typed.url));
    if (*scenario == ScenarioKind::mix) {
        TRY(settings.mix, parse_mix(typed.mix));
    } else if (!typed.mix.empty()) {
        return failure(std::string("--mix is for the scenario mix"));
    }
    return {};
}

bool uses(const Settings& settings, auto predicate) {
    if (settings.mix.empty()) return predicate(settings.scenario);
    for (const MixPart& part : settings.mix) {
        if (predicate(part.kind)) return true;
    }
    return false;
}

bool signs_in(ScenarioKind kind) {
    return kind == ScenarioKind::authorize_to_token || kind == ScenarioKind::refresh;
}

bool issues(ScenarioKind kind) {
    return !signs_in(kind) && kind != ScenarioKind::get && kind != ScenarioKind::post;
}

/// What only makes sense together.
Checked check_together(const Typed& typed, const Settings& settings) {
    const bool has_tokens = !settings.oauth.token_file.empty();
    const bool only_uses_tokens = has_tokens && settings.scenario != ScenarioKind::token;
    if (uses(settings, issues) && typed.client.empty() && !only_uses_tokens) {
        return failure(fmt::format("{} needs --client ID:SECRET", settings.scenario_name));
    }
    const auto asks = [](ScenarioKind kind) {
        return kind == ScenarioKind::introspect || kind == ScenarioKind::decision;
    };
    if (uses(settings, asks) && typed.client.empty() && typed.caller.empty()) {
        return failure(fmt::format("{} needs --caller ID:SECRET", settings.scenario_name));
    }
    if (uses(settings, signs_in) && typed.user.empty()) {
        return failure(fmt::format("{} needs --user NAME:PASSWORD", settings.scenario_name));
    }
    if (settings.connections < settings.threads) {
        return failure(std::string("every thread needs a connection of its own"));
    }
    if (settings.depth > 1 && (settings.new_connections || uses(settings, signs_in) ||
                               settings.scenario == ScenarioKind::idle_streams)) {
        return failure(std::string("--pipeline is for single requests on kept connections"));
    }
    if (settings.units > 0 && settings.scenario == ScenarioKind::idle_streams) {
        return failure(std::string("idle-streams takes --connections, not --requests"));
    }
    if (!settings.compare_file.empty() && settings.html_file.empty()) {
        return failure(std::string("--compare needs --html"));
    }
    if (!JsonDocument::parse(settings.oauth.arguments)) {
        return failure(std::string("--arguments is no JSON"));
    }
    return {};
}

Checked check(Typed& typed) {
    Settings& settings = typed.settings;
    REQUIRE(read_target(typed, settings));
    REQUIRE(read_durations(typed, settings));
    REQUIRE(read_amounts(typed, settings));
    REQUIRE(read_request(typed, settings));
    settings.random_arrivals = typed.arrivals == "random";
    if (!typed.client.empty()) {
        REQUIRE(read_credentials("--client", typed.client, settings.oauth.client));
    }
    if (!typed.caller.empty()) {
        REQUIRE(read_credentials("--caller", typed.caller, settings.oauth.caller.emplace()));
    }
    if (!typed.user.empty()) {
        REQUIRE(read_credentials("--user", typed.user, settings.oauth.user));
    }
    if (!typed.cores.empty()) {
        const auto cores = parse_cores(typed.cores);
        if (!cores) return failure(std::string("--cpu takes cores such as 1 or 0,2-3"));
        settings.cores = *cores;
    }
    return check_together(typed, settings);
}

// What CLI11 throws for --help and --version is no mistake.
CommandLineExit exit_for(const CLI::App& app, const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return mistake(error.what());
    std::ostringstream out;
    app.exit(error, out, out);
    return {0, std::move(out).str()};
}

}  // namespace

std::expected<Command, CommandLineExit> read_command_line(const std::vector<std::string>& words) {
    CLI::App app("", "sluice-loadgen");
    Typed typed;
    describe(app, typed);
    try {
        std::vector<std::string> reversed(words.rbegin(), words.rend());
        app.parse(reversed);
    } catch (const CLI::ParseError& error) {
        return std::unexpected(exit_for(app, error));
    }
    if (app.got_subcommand("report")) return typed.report;
    if (const Checked checked = check(typed); !checked) {
        return std::unexpected(mistake(checked.error()));
    }
    typed.settings.command = without_secrets(words);
    return typed.settings;
}

}  // namespace sluice::loadgen
