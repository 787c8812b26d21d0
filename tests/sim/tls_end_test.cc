// How a connection with TLS may end, and what its reader makes of it.
#include <gtest/gtest.h>

#include "tests/sim/https_world.h"

namespace sluice::simulation {
namespace {

/// What a server without manners sends: an answer that ends with the connection, and no word of
/// the end unless `announced`.
io::Task<void> serve_until_close(io::Shard& shard, io::Event& stop, const TlsParts& tls,
                                 Clock& clock, bool announced) {
    auto listener = *io::Listener::open(shard, https_address);
    const crypto::TlsServerContext context = tls.server(clock);
    io::TlsBuffers buffers;
    io::Stream stream(shard, *co_await listener->accept());
    stream.start_tls(context.accept(), buffers);
    EXPECT_TRUE(co_await stream.send(std::string(3000, 'a')));
    if (announced) stream.end_sending();
    for (bool open = announced; open;) {
        const auto received = co_await stream.receive();
        open = received && !received->bytes().empty();
    }
    co_await stream.close();
    co_await stop.wait();
    co_await listener->close();
}

TEST(SimulatedTls, AnEndWithoutAWordIsAnErrorAndNeverCompletion) {
    for (const std::uint64_t seed : seeds(30)) {
        for (const bool announced : {false, true}) {
            HttpsWorld world(tls_parts());
            Simulation sim(seed, 1, {.faults = FaultRates::harmless()});
            sim.start([&](io::Shard& shard, io::Event& stop) {
                return serve_until_close(shard, stop, tls_parts(), sim.clock(), announced);
            });
            sim.start_client([&](io::Shard& shard) -> io::Task<void> {
                auto peer = co_await world.connect(shard);
                EXPECT_NE(peer, nullptr);
                if (!peer) co_return;
                EXPECT_EQ(co_await peer->take(3000), std::string(3000, 'a'));
                EXPECT_EQ(co_await peer->take_to_end(), "");
                EXPECT_EQ(peer->error().code, announced ? 0 : ECONNRESET);
                co_await peer->close();
            });
            ASSERT_TRUE(sim.run());
            if (HasFailure()) return;
        }
    }
}

}  // namespace
}  // namespace sluice::simulation
