// HTTP server of one shard: accepts, serves every connection; graceful shutdown by draining.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "http/connection.h"
#include "http/server_context.h"
#include "http/server_settings.h"
#include "http/service.h"
#include "io/event.h"
#include "io/listener.h"
#include "io/sharded.h"
#include "io/task.h"
#include "io/task_group.h"

namespace sluice::http {

class Server {
public:
    /// `service` and `observer` (which may be null) outlive the server.
    Server(io::Shard& shard, const ServerSettings& settings, Service& service,
           RequestObserver* observer = nullptr);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    /// Errors: EADDRINUSE, EACCES and the like. Gives the address, with the port the kernel chose.
    io::Result<io::Address> listen(const io::Address& address,
                                   Transport transport = Transport::plain);

    /// Connections with TLS that are accepted from now on begin there; others stay as they are.
    /// Before run() where anything listens with TLS.
    void set_tls(crypto::TlsServerContext tls) { context_.tls = std::move(tls); }

    /// Accepts on a listener that there is only one of in the process, and hands its connections to
    /// the servers of all shards in turn. `servers` outlive this one.
    void listen_for_all(std::unique_ptr<io::Listener> listener, const io::Sharded<Server>& servers);

    /// Serves until `stop` is set; then accepts nothing more, lets what is in flight finish for up
    /// to `drain_timeout`, ends the rest, and returns with nothing left.
    io::Task<void> run(io::Event& stop, Duration drain_timeout);

    std::size_t connections() const { return connections_; }
    /// Connections not served because of `connections_max`, so far.
    std::size_t connections_refused() const { return connections_refused_; }
    const TlsCounts& tls_counts() const { return context_.tls_counts; }

private:
    void admit(int fd, Transport transport = Transport::plain);
    bool adopt(int fd);
    void deal(int fd);
    enum class Accepted : std::uint8_t { here, here_with_tls, for_all };
    void take_in(int fd, Accepted accepted);
    io::Task<void> accept_from(io::Listener* listener, Accepted how);
    io::Task<void> hand_over(int fd, unsigned shard);
    io::Task<void> serve_connection(int fd, io::Address peer, Transport transport);
    io::Task<void> turn_away(int fd);

    ServerContext context_;
    std::vector<std::unique_ptr<io::Listener>> listeners_;
    std::vector<std::unique_ptr<io::Listener>> tls_listeners_;
    std::vector<std::unique_ptr<io::Listener>> listeners_for_all_;
    const io::Sharded<Server>* servers_ = nullptr;  // of all shards
    unsigned next_shard_ = 0;                       // whose turn it is
    io::CancelScope accepting_;
    bool running_ = false;
    io::TaskGroup tasks_;
    std::size_t connections_ = 0;
    std::size_t connections_refused_ = 0;
    std::size_t turning_away_ = 0;
};

}  // namespace sluice::http
