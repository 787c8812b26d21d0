// Admin server: the listeners of [admin] with all that stands behind them, on one shard of the
// process.
#pragma once

#include <expected>
#include <string>

#include "admin/admin_service.h"
#include "admin/operators.h"
#include "admin/stats_collector.h"
#include "base/log.h"
#include "http/server.h"
#include "io/event.h"
#include "io/worker_pool.h"

namespace sluice::admin {

class AdminServer {
public:
    AdminServer(const StatsCollector::Parts& parts, io::WorkerPool& workers,
                const config::AdminConfig& config, Log& log);
    AdminServer(const AdminServer&) = delete;
    AdminServer& operator=(const AdminServer&) = delete;

    /// Errors name the address and the reason.
    std::expected<void, std::string> listen(const io::UnixSocketAccess& access);
    /// Serves until `stop` is set and what was in flight has ended.
    io::Task<void> run(io::Event& stop, Duration drain_timeout);

private:
    io::Shard& shard_;
    const config::AdminConfig& config_;
    StatsCollector collector_;
    Operators operators_;
    AdminService service_;
    http::Server server_;
    io::Sharded<http::Server> only_server_;
};

}  // namespace sluice::admin
