// getaddrinfo(3) on a worker thread.
#include "http/resolver.h"

#include <netdb.h>

#include <memory>

#include "base/check.h"

namespace sluice::http {
namespace {

std::vector<io::Address> look_up(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return {};
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
    std::vector<io::Address> addresses;
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        addresses.push_back(io::Address::from_native(entry->ai_addr, entry->ai_addrlen));
    }
    return addresses;
}

}  // namespace

std::optional<io::Address> numeric_address(const std::string& host, std::uint16_t port) {
    return io::Address::from_ip(host, port);
}

io::Task<std::vector<io::Address>> resolve(io::Shard& shard, io::WorkerPool& workers,
                                           std::string host, std::uint16_t port) {
    CHECK(!host.empty() && port != 0, "a URL was parsed before");
    if (const auto address = numeric_address(host, port)) co_return std::vector{*address};
    auto found = co_await workers.run(shard, [host, port] { return look_up(host, port); });
    if (!found) co_return std::vector<io::Address>{};
    co_return *std::move(found);
}

}  // namespace sluice::http
