// owner_load: introspections whose token lives on the core that the connection is on, or on the
// other one.
//
//   owner_load PORT SECONDS CONNECTIONS own|other|constant AUTHORIZATION TOKEN_FORM
//
// Nobody chooses the core that accepts a connection, but a token that is asked for on a connection
// is owned by that connection's core, and the token's text names it (8 characters of base64url
// behind "sat_": a number, modulo the count of cores, two). So every connection asks for tokens
// first and learns its own core by them. "constant" asks for none: for a server that answers
// whatever it is asked. Closed loop, one thread; prints a line of JSON.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr unsigned cores = 2;
constexpr int tokens_of_connection = 100;

struct Peer {
    int fd = -1;
    unsigned core = 0;
    std::string input;
    Clock::time_point sent;
};

[[noreturn]] void fail(const std::string& text) {
    std::fprintf(stderr, "owner_load: %s\n", text.c_str());
    std::exit(1);
}

/// The size of the first answer in `text`; 0 while it is not whole.
std::size_t answer_size(std::string_view text) {
    const std::size_t head = text.find("\r\n\r\n");
    const std::size_t length = text.find("Content-Length: ");
    if (head == std::string_view::npos || length > head) return 0;
    const std::size_t size = head + 4 + std::strtoul(text.data() + length + 16, nullptr, 10);
    return text.size() < size ? 0 : size;
}

unsigned owner_of(std::string_view token) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::uint64_t tag = 0;
    for (const char c : token.substr(4, 8)) tag = tag << 6 | alphabet.find(c);
    return tag % cores;
}

class Load {
public:
    Load(int port, std::string authorization, std::string form)
        : port_(port), authorization_(std::move(authorization)), form_(std::move(form)) {}

    void open(int count, bool learn) {
        for (int i = 0; i < count; ++i) {
            peers_.emplace_back().fd = connect();
            for (int j = 0; learn && j < tokens_of_connection; ++j) ask_for_token(peers_.back());
        }
    }

    void run(const std::string& mode, double seconds) {
        mode_ = mode;
        const int poll = epoll_create1(0);
        for (std::size_t i = 0; i < peers_.size(); ++i) {
            epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
            epoll_ctl(poll, EPOLL_CTL_ADD, peers_[i].fd, &event);
            introspect(peers_[i]);
        }
        const auto begun = Clock::now();
        const auto until = begun + std::chrono::duration<double>(seconds);
        for (now_ = begun; now_ < until; now_ = Clock::now()) {
            std::array<epoll_event, 256> events;
            const int ready = epoll_wait(poll, events.data(), events.size(), 100);
            for (int i = 0; i < ready; ++i)
                receive(peers_[events[static_cast<std::size_t>(i)].data.u64]);
        }
        const double passed = std::chrono::duration<double>(now_ - begun).count();
        std::printf("{\"requests\": %zu, \"rps\": %.1f, \"p50\": %.3f, \"p99\": %.3f}\n", done_,
                    static_cast<double>(done_) / passed, quantile(0.5), quantile(0.99));
    }

private:
    int connect() const {
        const int fd = socket(AF_INET, SOCK_STREAM, 0);
        const int one = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port_));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            fail("cannot connect");
        return fd;
    }

    void post(Peer& peer, std::string_view path, std::string_view body) {
        request_.assign("POST ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1:");
        request_.append(std::to_string(port_)).append("\r\nAuthorization: ").append(authorization_);
        request_.append("\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ");
        request_.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
        peer.sent = Clock::now();
        if (send(peer.fd, request_.data(), request_.size(), MSG_NOSIGNAL) < 0) fail("cannot send");
    }

    void ask_for_token(Peer& peer) {
        post(peer, "/token", form_);
        while (answer_size(peer.input) == 0) read_more(peer);
        const std::size_t at = peer.input.find("sat_");
        if (at == std::string::npos) fail("no token in " + peer.input);
        const std::string token = peer.input.substr(at, 55);
        peer.core = owner_of(token);
        tokens_[peer.core].push_back(token);
        peer.input.clear();
    }

    void read_more(Peer& peer) {
        std::array<char, 4096> buffer;
        const ssize_t got = recv(peer.fd, buffer.data(), buffer.size(), 0);
        if (got <= 0) fail("the server closed a connection");
        peer.input.append(buffer.data(), static_cast<std::size_t>(got));
    }

    void introspect(Peer& peer) {
        body_.assign("token=");
        if (mode_ == "constant") {
            body_.append(55, 'x');
        } else {
            const auto& tokens = tokens_[mode_ == "own" ? peer.core : 1 - peer.core];
            if (tokens.empty()) fail("all connections are on one core");
            body_.append(tokens[random_() % tokens.size()]);
        }
        post(peer, "/introspect", body_);
    }

    void receive(Peer& peer) {
        read_more(peer);
        if (answer_size(peer.input) == 0) return;
        if (peer.input.find("\"active\":true") == std::string::npos) fail("refused: " + peer.input);
        peer.input.clear();
        const auto took =
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - peer.sent).count();
        ++latencies_us_[std::min<std::size_t>(static_cast<std::size_t>(took),
                                              latencies_us_.size() - 1)];
        ++done_;
        introspect(peer);
    }

    /// In milliseconds.
    double quantile(double part) const {
        std::size_t seen = 0;
        for (std::size_t us = 0; us < latencies_us_.size(); ++us) {
            seen += latencies_us_[us];
            if (static_cast<double>(seen) >= part * static_cast<double>(done_))
                return static_cast<double>(us) / 1000;
        }
        return 0;
    }

    int port_;
    std::string authorization_, form_, mode_, request_, body_;
    std::vector<Peer> peers_;
    std::array<std::vector<std::string>, cores> tokens_;
    std::vector<std::size_t> latencies_us_ = std::vector<std::size_t>(1'000'000);
    std::minstd_rand random_;
    std::size_t done_ = 0;
    Clock::time_point now_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 7)
        fail(
            "usage: owner_load PORT SECONDS CONNECTIONS own|other|constant AUTHORIZATION "
            "TOKEN_FORM");
    const std::string mode = argv[4];
    Load load(std::atoi(argv[1]), argv[5], argv[6]);
    load.open(std::atoi(argv[3]), mode != "constant");
    load.run(mode, std::atof(argv[2]));
}
