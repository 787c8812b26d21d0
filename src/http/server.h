// A shard's HTTP server: accepts on its listeners, serves every connection, drains at the end.
#pragma once

#include <memory>
#include <vector>

#include "http/server_context.h"
#include "http/server_settings.h"
#include "http/service.h"
#include "io/event.h"
#include "io/listener.h"
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
    io::Result<io::Address> listen(const io::Address& address);

    /// Serves until `stop` is set; then accepts nothing more, lets what is in flight finish for up
    /// to `drain_timeout`, ends the rest, and returns with nothing left.
    io::Task<void> run(io::Event& stop, Duration drain_timeout);

    std::size_t connections() const { return connections_; }
    /// Connections not served because of `connections_max`, so far.
    std::size_t connections_refused() const { return connections_refused_; }

private:
    void admit(int fd);
    io::Task<void> accept_from(io::Listener* listener);
    io::Task<void> serve_connection(int fd);
    io::Task<void> turn_away(int fd);

    ServerContext context_;
    std::vector<std::unique_ptr<io::Listener>> listeners_;
    io::CancelScope accepting_;
    io::TaskGroup tasks_;
    std::size_t connections_ = 0;
    std::size_t connections_refused_ = 0;
    std::size_t turning_away_ = 0;
};

}  // namespace sluice::http
