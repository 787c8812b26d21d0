#include "tests/unit/storage/postgres/cutting_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/check.h"

namespace sluice::storage::postgres {
namespace {

struct Pair {
    int client;
    int server;
};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void reset(int fd) {
    const linger now{1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

/// False at the end of the connection.
bool forward(int from, int to, std::atomic<std::int64_t>* left) {
    std::array<char, 16384> bytes;
    const ssize_t size = recv(from, bytes.data(), bytes.size(), 0);
    if (size <= 0) return false;
    ssize_t passing = size;
    if (left != nullptr && *left >= 0) {
        passing = std::min<ssize_t>(size, *left);
        *left -= passing;
    }
    if (send(to, bytes.data(), static_cast<std::size_t>(passing), MSG_NOSIGNAL) != passing) {
        return false;
    }
    return passing == size;
}

}  // namespace

CuttingProxy::CuttingProxy(std::uint16_t to)
    : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), to_(to) {
    sockaddr_in address = loopback(0);
    CHECK(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    CHECK(listen(listener_, 16) == 0);
    socklen_t length = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { work(); });
}

CuttingProxy::~CuttingProxy() {
    stopping_ = true;
    thread_.join();
    close(listener_);
}

void CuttingProxy::work() {
    std::vector<Pair> pairs;
    while (!stopping_) {
        std::vector<pollfd> waiting = {{listener_, POLLIN, 0}};
        for (const Pair& pair : pairs) {
            waiting.push_back({pair.client, POLLIN, 0});
            waiting.push_back({pair.server, POLLIN, 0});
        }
        poll(waiting.data(), waiting.size(), 20);
        for (std::size_t i = pairs.size(); i-- > 0;) {
            const auto limit = [&](Direction direction) {
                return direction_ == direction ? &left_ : nullptr;
            };
            const bool asks = waiting[1 + 2 * i].revents != 0;
            const bool answers = waiting[2 + 2 * i].revents != 0;
            const Pair& pair = pairs[i];
            if ((asks && !forward(pair.client, pair.server, limit(Direction::to_server))) ||
                (answers && !forward(pair.server, pair.client, limit(Direction::to_client)))) {
                reset(pair.client);
                reset(pair.server);
                pairs.erase(pairs.begin() + static_cast<std::ptrdiff_t>(i));
            }
        }
        if (waiting[0].revents == 0) continue;
        const Pair pair{accept(listener_, nullptr, nullptr),
                        socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        const sockaddr_in address = loopback(to_);
        if (connect(pair.server, reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
            0) {
            pairs.push_back(pair);
        } else {
            reset(pair.client);
            reset(pair.server);
        }
    }
    for (const Pair& pair : pairs) {
        reset(pair.client);
        reset(pair.server);
    }
}

}  // namespace sluice::storage::postgres
