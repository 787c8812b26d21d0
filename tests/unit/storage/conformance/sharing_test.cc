// Conformance: two engines on the same data, as on two boxes.
#include "tests/unit/storage/conformance/conformance.h"
#include "tests/unit/storage/conformance/samples.h"

namespace sluice::storage::conformance {
namespace {

using io::Task;
using std::chrono::milliseconds;
using std::chrono::minutes;
using token::GrantTag;

#define NEEDS_SHARING() \
    if (!subject().can_be_shared()) GTEST_SKIP() << "is for one process alone"

TEST_P(StoreConformance, WhatOneBoxWritesTheOtherSees) {
    NEEDS_SHARING();
    run_on_two_engines([](Session& session) -> Task<void> {
        const SampleTokens tokens(GrantTag(1), session.random(), session.now());
        EXPECT_EQ(co_await put(session.store(), {DocumentKind::client, "c", "v"}), "done");
        EXPECT_EQ(outcome(co_await session.store().add_grant(tokens.new_tokens())), "done");
        co_await session.on(1, [&](Place& place) -> Task<void> {
            EXPECT_EQ(co_await get(*place.store, DocumentKind::client, "c"), "v");
            const Family family = co_await load(*place.store, tokens.access_key());
            EXPECT_EQ(family.access.size() + family.refresh.size(), 2u);
            EXPECT_TRUE(co_await place.store->revoke(tokens.tag));
        });
        const Family family = co_await load(session.store(), tokens.access_key());
        EXPECT_TRUE(family.access.empty() && family.refresh.empty());
    });
}

TEST_P(StoreConformance, RevocationIsToldToTheOtherBoxWithinASecond) {
    NEEDS_SHARING();
    run_on_two_engines([](Session& session) -> Task<void> {
        const SampleTokens tokens(GrantTag(1), session.random(), session.now());
        EXPECT_EQ(outcome(co_await session.store().add_grant(tokens.new_tokens())), "done");
        co_await session.on(1, [&](Place& place) -> Task<void> {
            EXPECT_TRUE(co_await place.store->revoke(tokens.tag));
        });
        const auto& told = session.here().listener.revoked;
        for (int i = 0; i < 100 && told.empty(); ++i) co_await session.wait(milliseconds{10});
        EXPECT_TRUE(!told.empty() && told.front() == tokens.tag);
    });
}

TEST_P(StoreConformance, TwoBoxesRaceAndOneWins) {
    NEEDS_SHARING();
    run_on_two_engines([](Session& session) -> Task<void> {
        constexpr unsigned racers = 16;
        for (unsigned round = 0; round < 20; ++round) {
            const std::int64_t now = session.now();
            const GrantTag tag(round);
            const SampleTokens first(tag, session.random(), now);
            std::vector<SampleTokens> next;
            for (unsigned i = 0; i < racers; ++i) next.emplace_back(tag, session.random(), now);
            EXPECT_EQ(outcome(co_await session.store().add_grant(first.new_tokens())), "done");
            const Race rotations = co_await race(session, racers, [&](Place& place, unsigned i) {
                return [](Store& store, const SampleTokens* from, const SampleTokens* to,
                          std::int64_t at) -> Task<StoreResult<Outcome>> {
                    const Replaced replaced = from->replaced(at);
                    co_return co_await store.rotate(replaced, to->new_tokens());
                }(*place.store, &first, &next[i], now);
            });
            EXPECT_EQ(rotations.done, 1u);
            EXPECT_EQ(rotations.conflicts, racers - 1);
            const std::string key = std::to_string(round);
            const Document document{DocumentKind::assertion_id, key, "", minutes{1}};
            const Race puts = co_await race(session, racers, [&](Place& place, unsigned) {
                return place.store->put(document, PutMode::only_new);
            });
            EXPECT_EQ(puts.done, 1u);
            EXPECT_EQ(puts.conflicts, racers - 1);
        }
    });
}

}  // namespace
}  // namespace sluice::storage::conformance
