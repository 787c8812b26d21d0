// Accepting and draining.
#include "http/server.h"

#include "base/result.h"
#include "http/connection.h"

namespace sluice::http {
namespace {

// After accept(2) failed (EMFILE and the like): trying at once would only burn the core.
constexpr Duration accept_pause = std::chrono::milliseconds{100};

}  // namespace

Server::Server(io::Shard& shard, const ServerSettings& settings, Service& service,
               RequestObserver* observer)
    : context_(shard, settings, service, observer) {}

Server::~Server() = default;

io::Result<io::Address> Server::listen(const io::Address& address) {
    TRY(std::unique_ptr<io::Listener> listener, io::Listener::open(context_.shard, address));
    const io::Address local = listener->local_address();
    listeners_.push_back(std::move(listener));
    return local;
}

io::Task<void> Server::run(io::Event& stop, Duration drain_timeout) {
    for (const auto& listener : listeners_) tasks_.spawn(accept_from(listener.get()));
    co_await stop.wait();
    accepting_.cancel();
    context_.drain.cancel();
    io::Deadline deadline(context_.stop);
    context_.shard.timers().start(deadline, context_.shard.now() + drain_timeout);
    co_await tasks_.join();
    listeners_.clear();
}

io::Task<void> Server::accept_from(io::Listener* listener) {
    while (!accepting_.cancelled()) {
        const io::Result<int> accepted = co_await listener->accept(&accepting_);
        if (!accepted) {
            co_await io::Sleep(context_.shard, accept_pause, &accepting_);
        } else {
            admit(*accepted);
        }
    }
    // Whoever was let in before the stop is served: for them nothing else would answer.
    co_await listener->stop();
    while (const auto fd = listener->take()) admit(*fd);
    co_await listener->close();
}

void Server::admit(int fd) {
    if (connections_ >= context_.settings.connections_max) {
        ++connections_refused_;
        return context_.shard.ring().close(fd);
    }
    tasks_.spawn(serve_connection(fd));
}

io::Task<void> Server::serve_connection(int fd) {
    ++connections_;
    {
        Connection connection(context_, fd);
        co_await connection.run();
    }
    --connections_;
}

}  // namespace sluice::http
