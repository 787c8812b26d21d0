// Listening and serving.
#include "admin/admin_server.h"

#include <fmt/format.h>

#include "io/task_group.h"
#include "io/unix_socket.h"

namespace sluice::admin {
namespace {

/// Few people, small requests.
http::ServerSettings admin_server_settings() {
    http::ServerSettings settings;
    settings.limits.fields_bytes_max = 16 * 1024;
    settings.limits.body_bytes_max = 16 * 1024;
    settings.connections_max = 256;
    settings.buffered_bytes_max = std::size_t{4} * 1024 * 1024;
    return settings;
}

}  // namespace

AdminServer::AdminServer(const StatsCollector::Parts& parts, io::WorkerPool& workers,
                         const config::AdminConfig& config, Log& log)
    : shard_(parts.shard),
      config_(config),
      collector_(parts),
      operators_(parts.shard, workers, config),
      service_(parts.shard, collector_, operators_, log, config),
      server_(parts.shard, admin_server_settings(), service_) {
    only_server_.set(0, server_);
}

std::expected<void, std::string> AdminServer::listen(const io::UnixSocketAccess& access) {
    for (const io::Address& address : config_.listen) {
        if (address.family() == AF_UNIX) {
            auto socket = io::listen_on_unix_socket(address, access);
            if (!socket) {
                return std::unexpected(
                    fmt::format("cannot listen on {}: {}", address.text(), socket.error()));
            }
            server_.listen_for_all(std::make_unique<io::Listener>(shard_, *std::move(socket)),
                                   only_server_);
        } else if (const auto bound = server_.listen(address); !bound) {
            return std::unexpected(
                fmt::format("cannot listen on {}: {}. Choose another address under admin.listen, "
                            "or stop whatever listens there",
                            address.text(), bound.error().text()));
        }
    }
    return {};
}

io::Task<void> AdminServer::run(io::Event& stop, Duration drain_timeout) {
    io::CancelScope counting;
    io::TaskGroup tasks;
    tasks.spawn(collector_.run(counting));
    co_await server_.run(stop, drain_timeout);
    counting.cancel();
    co_await tasks.join();
}

}  // namespace sluice::admin
