// A TCP proxy that lets so many bytes pass and then cuts the connection.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace sluice::storage::postgres {

/// On a thread of its own; every connection is forwarded to a port of the loopback interface.
class CuttingProxy {
public:
    enum class Direction : std::uint8_t { to_server, to_client };

    explicit CuttingProxy(std::uint16_t to);
    CuttingProxy(const CuttingProxy&) = delete;
    CuttingProxy& operator=(const CuttingProxy&) = delete;
    ~CuttingProxy();

    std::uint16_t port() const { return port_; }
    /// From now on `bytes` pass in that direction on connections that are open; then both ends of
    /// the one that would send more are reset.
    void cut_after(Direction direction, std::int64_t bytes) {
        direction_ = direction;
        left_ = bytes;
    }
    void let_pass() { left_ = no_limit; }

private:
    static constexpr std::int64_t no_limit = -1;

    void work();

    int listener_;
    std::uint16_t port_ = 0;
    std::uint16_t to_;
    std::atomic<std::int64_t> left_ = no_limit;
    std::atomic<Direction> direction_ = Direction::to_server;
    std::atomic<bool> stopping_ = false;
    std::jthread thread_;
};

}  // namespace sluice::storage::postgres
