#include "loadgen/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <sstream>

#include "base/ascii.h"
#include "base/json.h"
#include "base/result.h"
#include "loadgen/scenarios/scenario_kind.h"

namespace sluice::loadgen {
namespace {

constexpr int usage_status = 2;

/// Options as they are typed.
struct Typed {
    std::string scenario;
    std::string url;
    std::string rate, units, tokens = "1000", errors_max = "0";
    std::string warm_up = "1s", duration = "10s", timeout = "5s";
    std::string cores, mix, client, caller, user, arrivals = "even", body_file, body, path, method;
    std::string expect_text;
    int expect_status = 0;
    std::vector<std::string> fields;
    ReportCommand report;
    Settings settings;
};

constexpr std::string_view about =
    "Applies load to an HTTP server or a Sluice and tells how it bore it.";

constexpr std::string_view footer = R"(Scenarios:
  get URL, post URL     any request (--header, --body, --method, --expect)
  introspect            POST /introspect for one of --tokens tokens that were issued first
  token                 POST /token, client_credentials
  authorize-to-token    the authorization code flow: page, sign-in, consent, token (PKCE)
  refresh               refresh token rotation, one chain for each connection
  decision              POST /v1/decision
  tools-call            POST /mcp, tools/call; answers as JSON or as an event stream
  idle-streams          GET /mcp as an event stream on every connection, held open to the end
  mix                   several of these, by weight (--mix)

Slots in paths, header values and bodies: {{token}}, {{n}} (counts), {{random}}.

Examples:
  sluice-loadgen get http://127.0.0.1:8080/healthz -c 64 -d 10s
  sluice-loadgen introspect http://127.0.0.1:8080 --client conf:SECRET --caller rs:SECRET \
      --tokens 1M -c 64 --cpu 1 --server-pid $(pidof sluice) --html report.html
  sluice-loadgen introspect http://127.0.0.1:8080 --client conf:SECRET --rate 50k -d 30s
  sluice-loadgen mix http://127.0.0.1:8080 --mix introspect=80,token=15,refresh=5 \
      --client conf:SECRET --caller rs:SECRET --user alice:PASSWORD
  sluice-loadgen post http://127.0.0.1:8080/echo -H 'Content-Type: application/json' \
      --body '{"id":{{n}}}' --expect '"id"'
  sluice-loadgen report run.json --compare before.json -o report.html

With --rate the loop is open: requests are due at fixed times whatever the answers do, and
latency counts from when a request was due, so that a stall is in the numbers of every request
that it held up. Without, each connection asks again when it was answered.

Ends with 0, with 1 where more than --max-errors units failed or a run could not be made, with 2
for mistakes on the command line.)";

void describe_load(CLI::App& app, Typed& to) {
    Settings& s = to.settings;
    const std::string group = "Load";
    app.add_option("-c,--connections", s.connections, "Connections in all, each a virtual user")
        ->check(CLI::Range(1U, 1'000'000U))
        ->capture_default_str()
        ->group(group);
    app.add_option("-t,--threads", s.threads, "Threads, each with its share of the connections")
        ->check(CLI::Range(1U, 256U))
        ->capture_default_str()
        ->group(group);
    app.add_option("-d,--duration", to.duration, "How long to measure")
        ->capture_default_str()
        ->group(group);
    app.add_option("-w,--warm-up", to.warm_up, "Load ahead of that, which is not measured")
        ->capture_default_str()
        ->group(group);
    app.add_option("-n,--requests", to.units, "Measure so many units of work, not a duration")
        ->type_name("N")
        ->group(group);
    app.add_option("-r,--rate", to.rate, "Open loop: so many units of work a second (50k)")
        ->type_name("N")
        ->group(group);
    app.add_option("--arrivals", to.arrivals, "Open loop: even, or random as independent callers")
        ->check(CLI::IsMember({"even", "random"}))
        ->capture_default_str()
        ->group(group);
    app.add_option("-p,--pipeline", s.depth, "Requests on a connection at once")
        ->check(CLI::Range(1U, 1024U))
        ->capture_default_str()
        ->group(group);
    app.add_flag("--new-connections", s.new_connections, "A new connection for each request")
        ->group(group);
    app.add_option("--timeout", to.timeout, "For an answer, and for connecting")
        ->capture_default_str()
        ->group(group);
    app.add_option("--mix", to.mix, "Scenario `mix`: names and weights, introspect=80,token=20")
        ->type_name("LIST")
        ->group(group);
}

void describe_request(CLI::App& app, Typed& to) {
    const std::string group = "Request (in place of the scenario's own)";
    app.add_option("-H,--header", to.fields, "A header field, 'Name: value'")
        ->type_name("FIELD")
        ->group(group);
    app.add_option("--body", to.body, "The body")->type_name("TEXT")->group(group);
    app.add_option("--body-file", to.body_file, "The body, from a file")
        ->type_name("FILE")
        ->group(group);
    app.add_option("--path", to.path, "Path and query, such as /v1/decision")->group(group);
    app.add_option("-X,--method", to.method, "The method")->group(group);
    app.add_option("--expect-status", to.expect_status,
                   "The status of a right answer; get and post take every 2xx without it")
        ->type_name("N")
        ->check(CLI::Range(100, 599))
        ->group(group);
    app.add_option("--expect", to.expect_text, "Text that stands in the body of a right answer")
        ->type_name("TEXT")
        ->group(group);
}

void describe_oauth(CLI::App& app, Typed& to) {
    OauthSettings& o = to.settings.oauth;
    const std::string group = "OAuth and MCP";
    app.add_option("--client", to.client, "The client of client_credentials")
        ->type_name("ID:SECRET")
        ->group(group);
    app.add_option("--caller", to.caller, "Who introspects and asks for decisions, if another")
        ->type_name("ID:SECRET")
        ->group(group);
    app.add_option("--tokens", to.tokens, "Tokens to have issued first (10M needs 400 MB)")
        ->type_name("N")
        ->capture_default_str()
        ->group(group);
    app.add_option("--token-file", o.token_file, "Use these tokens, one a line, instead")
        ->type_name("FILE")
        ->group(group);
    app.add_option("--scope", o.scope, "Scope to ask for")->group(group);
    app.add_option("--resource", o.resource, "Resource indicator to ask for (RFC 8707)")
        ->type_name("URI")
        ->group(group);
    app.add_option("--public-client", o.public_client, "Client of the authorization code flow")
        ->type_name("ID")
        ->capture_default_str()
        ->group(group);
    app.add_option("--redirect-uri", o.redirect_uri, "And its redirect URI")
        ->type_name("URI")
        ->capture_default_str()
        ->group(group);
    app.add_option("--user", to.user, "Who signs in")->type_name("NAME:PASSWORD")->group(group);
    app.add_flag("--stay-signed-in", o.stay_signed_in,
                 "Each virtual user signs in once, not in every flow")
        ->group(group);
    app.add_option("--tool", o.tool, "Tool to call or to ask about")
        ->capture_default_str()
        ->group(group);
    app.add_option("--arguments", o.arguments, "Its arguments, JSON")
        ->capture_default_str()
        ->group(group);
}

void describe_rest(CLI::App& app, Typed& to) {
    Settings& s = to.settings;
    app.add_option("--unix-socket", s.unix_socket, "Connect to this socket, not to the URL's host")
        ->type_name("PATH")
        ->group("Machine");
    app.add_option("--ca", s.tls.ca_file, "Believe this CA (PEM), not the system's store")
        ->type_name("FILE")
        ->group("TLS");
    app.add_flag("--insecure", s.tls.insecure, "Believe any certificate")->group("TLS");
    app.add_flag("--resume", s.tls.resume, "Resume TLS sessions; without, handshakes are full")
        ->group("TLS");
    app.add_option("--cpu", to.cores, "Cores that the threads are pinned to: 1 or 2-3,6")
        ->type_name("LIST")
        ->group("Machine");
    app.add_option("--server-pid", s.server_pids, "Report what these processes use")
        ->type_name("PID")
        ->group("Machine");
    app.add_flag("--with-children", s.with_children, "With the processes they started")
        ->group("Machine");
    const std::string group = "Output";
    app.add_option("--json", s.json_file, "Write the run as JSON; - is standard output")
        ->type_name("FILE")
        ->group(group);
    app.add_option("--html", s.html_file, "Write a report with plots")
        ->type_name("FILE")
        ->group(group);
    app.add_option("--compare", s.compare_file, "A run's JSON to overlay in the report")
        ->type_name("FILE")
        ->group(group);
    app.add_option("--label", s.label, "What this run is called in reports")
        ->type_name("TEXT")
        ->group(group);
    app.add_option("--max-errors", to.errors_max,
                   "Failures that are still a success: a count or a percentage (0.1%)")
        ->type_name("N")
        ->capture_default_str()
        ->group(group);
    app.add_flag("-q,--quiet", s.quiet, "No progress line")->group(group);
}

void describe(CLI::App& app, Typed& to) {
    app.description(std::string(about));
    app.footer(std::string(footer));
    app.set_version_flag("--version", "sluice-loadgen " SLUICE_VERSION, "Print the version");
    app.add_option("SCENARIO", to.scenario, "What to do; below is what there is")->type_name("");
    app.add_option("URL", to.url, "The server, or for get and post the whole URL")->type_name("");
    describe_load(app, to);
    describe_request(app, to);
    describe_oauth(app, to);
    describe_rest(app, to);
    CLI::App* report = app.add_subcommand("report", "Write the HTML report of a saved run");
    report->add_option("RUN", to.report.run_file, "JSON of a run")->type_name("")->required();
    report->add_option("--compare", to.report.compare_file, "JSON of a run to overlay")
        ->type_name("FILE");
    report->add_option("-o,--html", to.report.html_file, "Where to write it")
        ->type_name("FILE")
        ->required();
}

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
    typed.settings.command = words;
    return typed.settings;
}

}  // namespace sluice::loadgen
