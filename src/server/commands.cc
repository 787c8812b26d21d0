#include "server/commands.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "config/config.h"
#include "config/config_changes.h"
#include "http/server.h"
#include "io/socket_calls.h"
#include "io/task_group.h"
#include "io/waker.h"
#include "notes/notes_service.h"
#include "server/application.h"
#include "server/certificates.h"
#include "server/dev.h"
#include "server/storage/key_file.h"
#include "server/storage/store_work.h"

namespace sluice::server {
namespace {

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

/// What is read again on SIGHUP, while a server runs.
struct Rereadable {
    config::RawConfig configuration;  // as the process started with it
    std::optional<config::TlsConfig> tls;
    std::string key_file;  // empty: none

    explicit Rereadable(const config::Config& config)
        : configuration(config.raw()),
          tls(config.server().tls),
          key_file(config.storage().key_file) {}
    ReloadedFiles read(const ServeCommand& command) const {
        ReloadedFiles reloaded;
        if (auto config = config::load_config(command.config)) {
            reloaded.changed_keys = config::changed_keys(configuration, config->raw());
        } else {
            reloaded.problems = std::move(config.error());
        }
        if (tls) {
            const config::ProcessEnvironment environment(
                std::filesystem::path(command.config).parent_path());
            reloaded.certificates = read_certificates(*tls, environment);
        }
        if (!key_file.empty()) reloaded.sealing_keys = read_key_file(key_file);
        return reloaded;
    }
};

void wait_until_stopped(StopSignals& signals, const ServeCommand& command, const Rereadable& files,
                        io::Waker& waker, Application& application) {
    while (signals.wait() == StopSignals::Signal::hangup) {
        application.reload(files.read(command), waker);
    }
}

/// As SIGTERM from outside: all threads but the main one leave signals alone.
void stop_process() {
    kill(getpid(), SIGTERM);
}

}  // namespace

int run_serve(const ServeCommand& command) {
    auto config = config::load_config_or_report(command.config);
    if (!config) return 1;
    StopSignals signals;
    raise_descriptor_limit();
    SystemClock clock;
    auto runtime = io::Runtime::create(config->server().cores, {}, clock);
    if (!runtime) return complain(runtime.error());
    auto waker = io::Waker::create();
    if (!waker) return complain(waker.error());
    const Rereadable files(*config);
    auto application =
        Application::create(**runtime, *std::move(config), STDERR_FILENO, stop_process);
    if (!application) return complain(application.error());
    (*runtime)->start(
        [&](io::Shard& shard, io::Event& stop) { return (*application)->run(shard, stop); });
    wait_until_stopped(signals, command, files, *waker, **application);
    (*runtime)->request_stop();
    (*runtime)->join();
    return (*application)->failed() ? 1 : 0;
}

int run_dev(const DevCommand& command) {
    StopSignals signals;
    raise_descriptor_limit();
    SystemClock clock;
    SystemRandom random;
    auto runtime = io::Runtime::create(0, {}, clock);
    if (!runtime) return complain(runtime.error());

    notes::NotesService notes_service;
    http::Server notes((*runtime)->shard(0), {}, notes_service);
    const auto notes_address = notes.listen(*io::Address::from_ip("127.0.0.1", 0));
    if (!notes_address) return complain(notes_address.error().text());
    const std::string notes_url = fmt::format("http://{}/mcp", notes_address->text());

    auto setup = set_up_dev(command, notes_url, random);
    if (!setup) return complain(setup.error());
    // `serve` shares a port with its successor; two trial runs on one port would only confuse.
    const io::Address address = setup->config.server().listen.front();
    if (const auto free = io::check_free(address); !free) {
        return complain(
            fmt::format("cannot listen on {}: {}. Another `sluice dev` may run there: stop it, "
                        "or give this one an address by --listen",
                        address.text(), free.error().text()));
    }
    auto application =
        Application::create(**runtime, std::move(setup->config), STDERR_FILENO, stop_process);
    if (!application) {
        return complain(command.memory
                            ? application.error()
                            : application.error() +
                                  ". Here that is --storage FILE; --memory keeps nothing");
    }
    (*runtime)->start([&](io::Shard& shard, io::Event& stop) {
        return shard.index() == 0 ? run_with_notes(**application, notes, shard, stop)
                                  : (*application)->run(shard, stop);
    });
    fmt::print("{}", setup->greeting);
    std::fflush(stdout);
    signals.wait();
    (*runtime)->request_stop();
    (*runtime)->join();
    return (*application)->failed() ? 1 : 0;
}

}  // namespace sluice::server
