// upstream: the server behind every proxy of a comparison. It answers each POST with the same
// result of a JSON-RPC tool call, on as many kept-alive connections as come, and waits for the
// whole of a request's body.
//
//   upstream PORT CPU
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>

namespace {

constexpr std::string_view answer =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 106\r\n\r\n"
    R"({"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"The note is kept."}],"isError":false}})";

/// The size of the first request in `text`; 0 while it is not whole. Only Content-Length frames a
/// body.
std::size_t request_size(std::string_view text) {
    const std::size_t head = text.find("\r\n\r\n");
    if (head == std::string_view::npos) return 0;
    std::size_t body = 0;
    for (const std::string_view name : {"\r\nContent-Length: ", "\r\ncontent-length: "}) {
        const std::size_t field = text.substr(0, head).find(name);
        if (field != std::string_view::npos) {
            body = std::strtoul(text.data() + field + name.size(), nullptr, 10);
        }
    }
    const std::size_t size = head + 4 + body;
    return text.size() < size ? 0 : size;
}

int listen_on(int port) {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    const int one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener, 4096) != 0) {
        std::perror("bind");
        std::exit(1);
    }
    return listener;
}

void watch(int poll, int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

/// Answers what is whole in `input`; false when the peer is gone.
bool serve(int fd, std::string& input) {
    char buffer[16384];
    const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    input.append(buffer, static_cast<std::size_t>(got));
    while (const std::size_t size = request_size(input)) {
        input.erase(0, size);
        if (send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return false;
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(static_cast<unsigned>(std::atoi(argv[2])), &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);

    const int listener = listen_on(std::atoi(argv[1]));
    const int poll = epoll_create1(0);
    watch(poll, listener);
    std::unordered_map<int, std::string> inputs;
    for (;;) {
        epoll_event events[256];
        const int count = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < count; ++i) {
            const int fd = events[i].data.fd;
            if (fd == listener) {
                const int peer = accept(listener, nullptr, nullptr);
                const int one = 1;
                setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                inputs[peer].clear();
                watch(poll, peer);
            } else if (!serve(fd, inputs[fd])) {
                close(fd);
                inputs.erase(fd);
            }
        }
    }
}
