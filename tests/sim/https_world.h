// The HTTP server of http_world.h behind TLS, and clients that speak it.
#pragma once

#include <memory>
#include <string>

#include "crypto/tls_client_context.h"
#include "crypto/tls_server_context.h"
#include "io/tls_buffers.h"
#include "tests/sim/http_world.h"
#include "tests/support/certificates.h"

namespace sluice::simulation {

inline const io::Address https_address = *io::Address::parse("127.0.0.1:443");

struct TlsParts {
    TlsParts() : TlsParts(make_certificate({.names = {"mcp.example.com"}, .authority = true})) {}
    explicit TlsParts(const Pem& pem)
        : identity(*crypto::TlsIdentity::parse(pem.certificate, Secret(pem.key))),
          trust(*crypto::TlsTrust::parse(pem.certificate)) {}

    crypto::TlsServerContext server(Clock& clock) const {
        return crypto::TlsServerContext(
            {identity},
            std::make_shared<crypto::TlsTicketKeys>(Secret(std::string("seed")), MonotonicTime{}),
            clock);
    }

    crypto::TlsIdentity identity;
    crypto::TlsTrust trust;
};

/// Made once: keys cost more than a simulation.
inline const TlsParts& tls_parts() {
    static const TlsParts made;
    return made;
}

struct HttpsWorld : HttpWorld {
    explicit HttpsWorld(const TlsParts& its_parts) : parts(its_parts), clients(its_parts.trust) {}

    io::Task<void> serve_tls(io::Shard& shard, io::Event& stop, Clock& clock) {
        http::Server server(shard, settings, service, &tally);
        server.set_tls(parts.server(clock));
        EXPECT_TRUE(server.listen(https_address, http::Transport::tls).has_value());
        co_await server.run(stop, drain_timeout);
        EXPECT_EQ(server.connections(), 0u);
        handshakes += server.tls_counts().full + server.tls_counts().resumed;
        failed_handshakes += server.tls_counts().failed;
    }
    void start_tls(Simulation& sim) {
        sim.start([this, &sim](io::Shard& shard, io::Event& stop) {
            return serve_tls(shard, stop, sim.clock());
        });
    }

    /// Null where the connection or its handshake fails.
    io::Task<std::unique_ptr<BytePeer>> connect(io::Shard& shard) {
        auto peer = co_await BytePeer::connect(shard, https_address);
        if (!peer) co_return nullptr;
        peer->stream().start_tls(clients.connect("mcp.example.com"), buffers);
        if (const auto done = co_await peer->stream().handshake(); !done) {
            co_await peer->close();
            co_return nullptr;
        }
        co_return peer;
    }

    const TlsParts& parts;
    crypto::TlsClientContext clients;
    io::TlsBuffers buffers;  // of all client shards: they share the thread
    std::uint64_t handshakes = 0;
    std::uint64_t failed_handshakes = 0;
};

}  // namespace sluice::simulation
