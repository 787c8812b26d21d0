// Looking a name up once for all, and living with lookups that fail.
#include "http/address_cache.h"

#include <gtest/gtest.h>

#include "tests/support/simulation.h"

namespace sluice::http {
namespace {

using simulation::Simulation;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Addresses = std::vector<io::Address>;

const Addresses first{*io::Address::parse("10.0.0.1:80")};
const Addresses second{*io::Address::parse("10.0.0.2:80")};

// A name service that takes half a second.
struct Names {
    Addresses answer = first;
    int lookups = 0;

    AddressCache::Lookup on(io::Shard& shard) {
        return [this, &shard] { return look_up(shard); };
    }
    io::Task<Addresses> look_up(io::Shard& shard) {
        ++lookups;
        co_await io::Sleep(shard, milliseconds{500});
        co_return answer;
    }
};

std::string text_of(const Addresses& addresses) {
    return addresses.empty() ? "none" : addresses.front().text();
}

void with_cache(const std::function<io::Task<void>(io::Shard&, Names&, AddressCache&)>& use) {
    Names names;
    Simulation sim(1, 1);
    sim.start_client([&](io::Shard& shard) -> io::Task<void> {
        AddressCache cache(shard, names.on(shard), seconds{30});
        co_await use(shard, names, cache);
        co_await cache.close();
    });
    EXPECT_TRUE(sim.run());
}

io::Task<void> note_found(AddressCache& cache, std::string& found) {
    found = text_of(co_await cache.find(nullptr));
}

TEST(AddressCache, KeepsWhatItFoundForItsTime) {
    with_cache([](io::Shard& shard, Names& names, AddressCache& cache) -> io::Task<void> {
        EXPECT_EQ(text_of(co_await cache.find(nullptr)), "10.0.0.1:80");
        names.answer = second;
        co_await io::Sleep(shard, seconds{29});
        EXPECT_EQ(text_of(co_await cache.find(nullptr)), "10.0.0.1:80");
        EXPECT_EQ(names.lookups, 1);
        co_await io::Sleep(shard, seconds{2});
        EXPECT_EQ(text_of(co_await cache.find(nullptr)), "10.0.0.2:80");
        names.answer = first;
        cache.expire();
        EXPECT_EQ(text_of(co_await cache.find(nullptr)), "10.0.0.1:80");
    });
}

TEST(AddressCache, KeepsKnownAddressesWhenALookupFails) {
    with_cache([](io::Shard& shard, Names& names, AddressCache& cache) -> io::Task<void> {
        names.answer = {};
        EXPECT_EQ(text_of(co_await cache.find(nullptr)), "none");
        names.answer = first;
        EXPECT_EQ(text_of(co_await cache.find(nullptr)), "10.0.0.1:80");
        names.answer = {};
        cache.expire();
        EXPECT_EQ(text_of(co_await cache.find(nullptr)), "10.0.0.1:80");
        EXPECT_EQ(text_of(co_await cache.find(nullptr)), "10.0.0.1:80");
        EXPECT_EQ(names.lookups, 3);
        names.answer = second;
        co_await io::Sleep(shard, seconds{2});
        EXPECT_EQ(text_of(co_await cache.find(nullptr)), "10.0.0.2:80");
    });
}

TEST(AddressCache, LooksUpOnceForAllWhoAsk) {
    with_cache([](io::Shard& shard, Names& names, AddressCache& cache) -> io::Task<void> {
        std::vector<std::string> found(10);
        io::TaskGroup group;
        for (std::string& one : found) group.spawn(note_found(cache, one));
        co_await group.join();
        EXPECT_EQ(found, std::vector<std::string>(10, "10.0.0.1:80"));
        EXPECT_EQ(names.lookups, 1);

        names.answer = second;
        cache.expire();
        std::string waited;
        group.spawn(note_found(cache, waited));
        co_await io::Sleep(shard, milliseconds{100});
        EXPECT_EQ(text_of(co_await cache.find(nullptr)), "10.0.0.1:80");
        EXPECT_EQ(waited, "");
        co_await group.join();
        EXPECT_EQ(waited, "10.0.0.2:80");
        EXPECT_EQ(names.lookups, 2);
    });
}

TEST(AddressCache, LetsACallerGiveUpBeforeTheLookupEnds) {
    with_cache([](io::Shard& shard, Names& names, AddressCache& cache) -> io::Task<void> {
        io::CancelScope scope;
        io::Deadline deadline(scope);
        shard.timers().start(deadline, shard.now() + milliseconds{100});
        const MonotonicTime asked = shard.now();
        EXPECT_EQ(text_of(co_await cache.find(&scope)), "none");
        EXPECT_LT(shard.now() - asked, milliseconds{400});
        EXPECT_EQ(text_of(co_await cache.find(nullptr)), "10.0.0.1:80");
        EXPECT_EQ(names.lookups, 1);
    });
}

}  // namespace
}  // namespace sluice::http
