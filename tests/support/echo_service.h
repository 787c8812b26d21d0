// The simplest service: every connection gets back what it sends. For tests of the runtime.
#pragma once

#include <memory>

#include "io/event.h"
#include "io/listener.h"
#include "io/stream.h"
#include "io/task_group.h"

namespace sluice::simulation {

/// Ends with its connection, or with `scope`.
inline io::Task<void> echo(io::Shard& shard, int fd, io::CancelScope* scope) {
    io::Stream stream(shard, fd);
    for (;;) {
        auto received = co_await stream.receive(scope);
        if (!received || received->bytes().empty()) break;
        if (!co_await stream.send(received->bytes(), scope)) break;
    }
    co_await stream.close();
}

inline io::Task<void> accept_echoes(io::Shard& shard, io::Listener& listener,
                                    io::CancelScope* scope) {
    io::TaskGroup connections;
    for (;;) {
        const auto fd = co_await listener.accept(scope);
        if (fd) {
            connections.spawn(echo(shard, *fd, scope));
        } else if (scope->cancelled()) {
            break;
        } else {
            co_await io::Sleep(shard, std::chrono::milliseconds{10}, scope);
        }
    }
    co_await connections.join();
}

/// A shard's root: serves `address` until `stop` is set, then gives every connection up.
inline io::Task<void> serve_echo(io::Shard& shard, io::Event& stop, io::Address address) {
    auto listener = io::Listener::open(shard, address);
    CHECK(listener.has_value(), "cannot listen");
    io::CancelScope scope;
    io::TaskGroup accepting;
    accepting.spawn(accept_echoes(shard, **listener, &scope));
    co_await stop.wait();
    scope.cancel();
    co_await accepting.join();
    co_await (*listener)->close();
}

}  // namespace sluice::simulation
