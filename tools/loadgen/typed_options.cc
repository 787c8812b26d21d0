#include "loadgen/typed_options.h"

namespace sluice::loadgen {
namespace {

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

class Usage final : public CLI::Formatter {
public:
    std::string make_usage(const CLI::App* app, std::string name) const override {
        if (app->get_parent() != nullptr) return Formatter::make_usage(app, std::move(name));
        return "Usage: sluice-loadgen SCENARIO URL [OPTIONS]\n"
               "       sluice-loadgen report RUN.json [--compare RUN.json] -o FILE\n";
    }
};

void describe_load(CLI::App& app, Typed& to) {
    Settings& s = to.settings;
    const std::string group = "Load";
    app.add_option("-c,--connections", s.connections, "Connections in all, each a virtual user")
        ->check(CLI::Range(1U, 1'000'000U))
        ->capture_default_str()
        ->option_text("N (64)")
        ->group(group);
    app.add_option("-t,--threads", s.threads, "Threads, each with its share of the connections")
        ->check(CLI::Range(1U, 256U))
        ->capture_default_str()
        ->option_text("N (1)")
        ->group(group);
    app.add_option("-d,--duration", to.duration, "How long to measure")
        ->capture_default_str()
        ->option_text("TIME (10s)")
        ->group(group);
    app.add_option("-w,--warm-up", to.warm_up, "Load ahead of that, which is not measured")
        ->capture_default_str()
        ->option_text("TIME (1s)")
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
        ->option_text("even|random (even)")
        ->group(group);
    app.add_option("-p,--pipeline", s.depth, "Requests on a connection at once")
        ->check(CLI::Range(1U, 1024U))
        ->capture_default_str()
        ->option_text("N (1)")
        ->group(group);
    app.add_flag("--new-connections", s.new_connections, "A new connection for each request")
        ->group(group);
    app.add_option("--timeout", to.timeout, "For an answer, and for connecting")
        ->capture_default_str()
        ->option_text("TIME (5s)")
        ->group(group);
    app.add_option("--mix", to.mix, "Scenario `mix`: names and weights, introspect=80,token=20")
        ->type_name("LIST")
        ->group(group);
}

void describe_request(CLI::App& app, Typed& to) {
    const std::string group = "Request (in place of the scenario's own)";
    app.add_option("-H,--header", to.fields, "A header field, 'Name: value'")
        ->type_name("FIELD")
        ->take_all()
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
        ->option_text("N")
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
    app.add_flag("--busy-poll", s.busy_poll,
                 "Threads never sleep: the most precise times, for cores of their own")
        ->group("Machine");
    app.add_option("--server-pid", s.server_pids, "Report what these processes use")
        ->type_name("PID")
        ->take_all()
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

}  // namespace

void describe(CLI::App& app, Typed& to) {
    app.description(std::string(about));
    app.formatter(std::make_shared<Usage>());
    app.footer(std::string(footer));
    app.set_version_flag("--version", "sluice-loadgen " SLUICE_VERSION, "Print the version");
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
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

}  // namespace sluice::loadgen
