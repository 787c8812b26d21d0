// Accepting and draining.
#include "http/server.h"

#include <string_view>

#include "base/check.h"
#include "base/result.h"
#include "http/connection.h"
#include "io/stream.h"

namespace sluice::http {
namespace {

// After accept(2) failed (EMFILE and the like): trying at once would only burn the core.
constexpr Duration accept_pause = std::chrono::milliseconds{100};

// RFC 9110 §15.6.4, without looking at the request.
constexpr std::string_view full_answer =
    "HTTP/1.1 503 Service Unavailable\r\n"
    "Retry-After: 1\r\n"
    "Connection: close\r\n"
    "Content-Length: 0\r\n\r\n";
// So many are told at once, each for so long; in a flood the others are closed without a word.
constexpr std::size_t turning_away_max = 64;
constexpr Duration turning_away_time = std::chrono::milliseconds{250};

}  // namespace

Server::Server(io::Shard& shard, const ServerSettings& settings, Service& service,
               RequestObserver* observer)
    : context_(shard, settings, service, observer) {}

Server::~Server() {
    CHECK(connections_ == 0 && turning_away_ == 0, "a server was dropped while it serves");
}

io::Result<io::Address> Server::listen(const io::Address& address, Transport transport) {
    TRY(std::unique_ptr<io::Listener> listener, io::Listener::open(context_.shard, address));
    const io::Address local = listener->local_address();
    const bool tls = transport == Transport::tls;
    (tls ? tls_listeners_ : listeners_).push_back(std::move(listener));
    return local;
}

void Server::listen_for_all(std::unique_ptr<io::Listener> listener,
                            const io::Sharded<Server>& servers) {
    servers_ = &servers;
    listeners_for_all_.push_back(std::move(listener));
}

io::Task<void> Server::run(io::Event& stop, Duration drain_timeout) {
    CHECK(!running_, "a server runs once at a time");
    running_ = true;
    using enum Accepted;
    CHECK(tls_listeners_.empty() || context_.tls, "listens with TLS and has no certificate");
    for (const auto& listener : listeners_) tasks_.spawn(accept_from(listener.get(), here));
    for (const auto& listener : tls_listeners_) {
        tasks_.spawn(accept_from(listener.get(), here_with_tls));
    }
    for (const auto& listener : listeners_for_all_) {
        tasks_.spawn(accept_from(listener.get(), for_all));
    }
    co_await stop.wait();
    running_ = false;
    accepting_.cancel();
    context_.drain.cancel();
    io::Deadline deadline(context_.stop);
    context_.shard.timers().start(deadline, context_.shard.now() + drain_timeout);
    co_await tasks_.join();
    CHECK(connections_ == 0 && turning_away_ == 0 && context_.buffered_bytes == 0);
    listeners_.clear();
    tls_listeners_.clear();
    listeners_for_all_.clear();
}

io::Task<void> Server::accept_from(io::Listener* listener, Accepted how) {
    while (!accepting_.cancelled()) {
        const io::Result<int> accepted = co_await listener->accept(&accepting_);
        if (!accepted) {
            co_await io::Sleep(context_.shard, accept_pause, &accepting_);
        } else {
            take_in(*accepted, how);
        }
    }
    // Whoever was let in before the stop is served: for them nothing else would answer.
    co_await listener->stop();
    const auto last = how == Accepted::for_all ? Accepted::here : how;
    while (const auto fd = listener->take()) take_in(*fd, last);
    co_await listener->close();
}

void Server::take_in(int fd, Accepted accepted) {
    if (accepted == Accepted::for_all) return deal(fd);
    admit(fd, accepted == Accepted::here_with_tls ? Transport::tls : Transport::plain);
}

void Server::deal(int fd) {
    CHECK(servers_ != nullptr && servers_->count() > 0, "nobody to deal to");
    const unsigned shard = next_shard_++ % servers_->count();
    if (shard == context_.shard.index()) return admit(fd);
    tasks_.spawn(hand_over(fd, shard));
}

// A server that has not begun, or stops, takes nothing any more: then it stays here.
io::Task<void> Server::hand_over(int fd, unsigned shard) {
    const bool taken = co_await servers_->call(context_.shard, shard,
                                               [fd](Server& server) { return server.adopt(fd); });
    if (!taken) admit(fd);
}

bool Server::adopt(int fd) {
    if (running_) admit(fd);
    return running_;
}

// The address is asked for at once: a client that resets early has none any more when its request
// is read, and must not pass for somebody else. It would hear no answer either.
void Server::admit(int fd, Transport transport) {
    const io::Address peer = context_.shard.ring().peer_address(fd);
    if (peer.family() == AF_UNSPEC) return context_.shard.ring().close(fd);
    if (connections_ >= context_.settings.connections_max) {
        ++connections_refused_;
        if (transport == Transport::tls || turning_away_ >= turning_away_max)
            return context_.shard.ring().close(fd);
        return tasks_.spawn(turn_away(fd));
    }
    tasks_.spawn(serve_connection(fd, peer, transport));
}

io::Task<void> Server::serve_connection(int fd, io::Address peer, Transport transport) {
    ++connections_;
    CHECK(connections_ <= context_.settings.connections_max);
    {
        Connection connection(context_, fd, peer, transport);
        co_await connection.run();
    }
    CHECK(connections_ > 0);
    --connections_;
}

// Reads on after the answer: closing over an unread request would reset the connection and take the
// answer with it.
io::Task<void> Server::turn_away(int fd) {
    ++turning_away_;
    CHECK(turning_away_ <= turning_away_max);
    {
        io::Stream stream(context_.shard, fd);
        io::CancelScope scope(&context_.stop);
        io::Deadline deadline(scope);
        context_.shard.timers().start(deadline, context_.shard.now() + turning_away_time);
        bool open = (co_await stream.send(full_answer, &scope)).has_value();
        if (open) stream.end_sending();
        while (open) {
            const io::Result<io::ReceivedBuffer> received = co_await stream.receive(&scope);
            open = received && !received->bytes().empty();
        }
        co_await stream.close();
    }
    CHECK(turning_away_ > 0);
    --turning_away_;
}

}  // namespace sluice::http
