// The listeners of [admin] with all that stands behind them: on one shard of the process.
#pragma once

#include <expected>
#include <string>

#include "base/log.h"
#include "http/server.h"
#include "io/event.h"
#include "io/worker_pool.h"
#include "server/admin/admin_service.h"
#include "server/admin/operators.h"
#include "server/admin/watch.h"

namespace sluice::server {

class AdminDesk {
public:
    AdminDesk(const Watch::Parts& parts, io::WorkerPool& workers, const AdminConfig& config,
              Log& log);
    AdminDesk(const AdminDesk&) = delete;
    AdminDesk& operator=(const AdminDesk&) = delete;

    /// Errors name the address and the reason.
    std::expected<void, std::string> listen(const io::UnixSocketAccess& access);
    /// Serves until `stop` is set and what was in flight has ended.
    io::Task<void> run(io::Event& stop, Duration drain_timeout);

private:
    io::Shard& shard_;
    const AdminConfig& config_;
    Watch watch_;
    Operators operators_;
    AdminService service_;
    http::Server server_;
    io::Sharded<http::Server> only_server_;
};

}  // namespace sluice::server
