#include "server/shared_windows.h"

#include "http/resolver.h"

namespace sluice::server {

std::unique_ptr<storage::SharedWindows> open_windows(storage::Redis* redis, io::Shard& shard,
                                                     io::WorkerPool& workers,
                                                     storage::SharedWindowsListener& listener) {
    if (redis == nullptr) return nullptr;
    const storage::RedisSettings& settings = redis->settings();
    return redis->open(
        shard,
        [&shard, &workers, &settings] {
            return http::resolve(shard, workers, settings.host, settings.port);
        },
        listener);
}

}  // namespace sluice::server
