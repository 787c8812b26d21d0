#include "server/commands.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "http/server.h"
#include "io/socket_calls.h"
#include "io/task_group.h"
#include "io/waker.h"
#include "server/application.h"
#include "server/certificates.h"
#include "server/config/config.h"
#include "server/dev.h"
#include "server/notes/notes_service.h"

namespace sluice::server {
namespace {

int fail(std::string_view message) {
    fmt::print(stderr, "sluice: {}\n", message);
    return 1;
}

/// Signals that end the process reach the main thread only, which waits for them.
class StopSignals {
public:
    StopSignals() {
        sigemptyset(&signals_);
        for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals_, signal);
        pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
        for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
    }
    /// SIGHUP is what a trial run gets when its terminal closes, and what an operator sends to a
    /// server that is to read its certificates again.
    enum class Signal { stop, hangup };
    Signal wait() {
        int signal = 0;
        sigwait(&signals_, &signal);
        return signal == SIGHUP ? Signal::hangup : Signal::stop;
    }

private:
    sigset_t signals_;
};

void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/// The built-in MCP server beside the gateway, on shard 0.
io::Task<void> run_with_notes(Application& application, http::Server& notes, io::Shard& shard,
                              io::Event& stop) {
    io::Event notes_stop(shard);
    io::TaskGroup tasks;
    tasks.spawn(notes.run(notes_stop, Duration::zero()));
    co_await application.run(shard, stop);
    notes_stop.set();
    co_await tasks.join();
}

void wait_until_stopped(StopSignals& signals, const ServeCommand& command,
                        const std::optional<TlsConfig>& tls, io::Waker& waker,
                        Application& application) {
    while (signals.wait() == StopSignals::Signal::hangup) {
        if (!tls) {
            fmt::print(stderr,
                       "sluice: SIGHUP changes nothing: certificates alone are read again, and "
                       "there are none; restart for a new configuration\n");
            continue;
        }
        const ProcessSurroundings surroundings(std::filesystem::path(command.config).parent_path());
        application.announce(read_certificates(*tls, surroundings), waker);
    }
}

}  // namespace

int run_serve(const ServeCommand& command) {
    auto config = load_config(command.config);
    if (!config) {
        for (const Problem& problem : config.error()) {
            fmt::print(stderr, "{}\n", format_problem(command.config, problem));
        }
        return 1;
    }
    StopSignals signals;
    raise_descriptor_limit();
    SystemClock clock;
    auto runtime = io::Runtime::create(config->server().cores, {}, clock);
    if (!runtime) return fail(runtime.error());
    auto waker = io::Waker::create();
    if (!waker) return fail(waker.error());
    const std::optional<TlsConfig> tls = config->server().tls;
    auto application = Application::create(**runtime, *std::move(config), STDERR_FILENO);
    if (!application) return fail(application.error());
    (*runtime)->start(
        [&](io::Shard& shard, io::Event& stop) { return (*application)->run(shard, stop); });
    wait_until_stopped(signals, command, tls, *waker, **application);
    (*runtime)->request_stop();
    (*runtime)->join();
    return 0;
}

int run_dev(const DevCommand& command) {
    StopSignals signals;
    raise_descriptor_limit();
    SystemClock clock;
    SystemRandom random;
    auto runtime = io::Runtime::create(0, {}, clock);
    if (!runtime) return fail(runtime.error());

    NotesService notes_service;
    http::Server notes((*runtime)->shard(0), {}, notes_service);
    const auto notes_address = notes.listen(*io::Address::from_ip("127.0.0.1", 0));
    if (!notes_address) return fail(notes_address.error().text());
    const std::string notes_url = fmt::format("http://{}/mcp", notes_address->text());

    auto setup = set_up_dev(command, notes_url, random);
    if (!setup) return fail(setup.error());
    // `serve` shares a port with its successor; two trial runs on one port would only confuse.
    const io::Address address = setup->config.server().listen.front();
    if (const auto free = io::check_free(address); !free) {
        return fail(
            fmt::format("cannot listen on {}: {}. Another `sluice dev` may run there: stop it, "
                        "or give this one an address by --listen",
                        address.text(), free.error().text()));
    }
    auto application = Application::create(**runtime, std::move(setup->config), STDERR_FILENO);
    if (!application) return fail(application.error());
    (*runtime)->start([&](io::Shard& shard, io::Event& stop) {
        return shard.index() == 0 ? run_with_notes(**application, notes, shard, stop)
                                  : (*application)->run(shard, stop);
    });
    fmt::print("{}", setup->greeting);
    std::fflush(stdout);
    signals.wait();
    (*runtime)->request_stop();
    (*runtime)->join();
    return 0;
}

}  // namespace sluice::server
