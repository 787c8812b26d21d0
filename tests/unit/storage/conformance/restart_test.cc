// Conformance: what an engine that is opened again finds.
#include "tests/unit/storage/conformance/conformance.h"
#include "tests/unit/storage/conformance/samples.h"

namespace sluice::storage::conformance {
namespace {

using io::Task;
using std::chrono::hours;
using std::chrono::seconds;
using token::GrantTag;

#define NEEDS_DURABILITY() \
    if (!subject().outlives_its_engine()) GTEST_SKIP() << "keeps nothing beyond its engine"

TEST_P(StoreConformance, DocumentsOutliveARestart) {
    NEEDS_DURABILITY();
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        EXPECT_EQ(co_await put(store, {DocumentKind::client, "kept", "value"}), "done");
        EXPECT_EQ(co_await put(store, {DocumentKind::client, "short", "s", seconds{3}}), "done");
        EXPECT_EQ(co_await put(store, {DocumentKind::client, "erased", "value"}), "done");
        EXPECT_EQ(co_await erase(store, DocumentKind::client, "erased"), "done");
        EXPECT_EQ(co_await put(store, {DocumentKind::assertion_id, "j", "", hours{1}}), "done");
    });
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        EXPECT_EQ(co_await get(store, DocumentKind::client, "kept"), "value");
        EXPECT_EQ(co_await get(store, DocumentKind::client, "short"), "s");
        EXPECT_EQ(co_await get(store, DocumentKind::client, "erased"), "(nothing)");
        EXPECT_EQ(co_await put(store, {DocumentKind::assertion_id, "j", ""}, PutMode::only_new),
                  "conflict");
        co_await session.pass(seconds{4});
        EXPECT_EQ(co_await get(store, DocumentKind::client, "short"), "(nothing)");
    });
}

TEST_P(StoreConformance, FamiliesOutliveARestartWithAllThatHappenedToThem) {
    NEEDS_DURABILITY();
    SystemRandom random;
    const std::int64_t now = numeric_date(clock.wall());
    const SampleTokens first(GrantTag(100), random, now);
    const SampleTokens second(GrantTag(100), random, now);
    const SampleTokens third(GrantTag(100), random, now);
    const SampleTokens revoked(GrantTag(101), random, now);
    const SampleTokens redeemed(GrantTag(102), random, now);
    run([&](Session& session) -> Task<void> {
        Store& store = session.store();
        EXPECT_EQ(outcome(co_await store.add_grant(first.new_tokens())), "done");
        EXPECT_EQ(outcome(co_await store.rotate(first.replaced(now), second.new_tokens())), "done");
        EXPECT_EQ(outcome(co_await store.add_grant(revoked.new_tokens())), "done");
        EXPECT_TRUE(co_await store.revoke(revoked.tag));
        const DocumentKey code{DocumentKind::authorization_code, "code"};
        EXPECT_EQ(co_await put(store, {code.kind, code.key, "grant", hours{1}}), "done");
        const Document mark{DocumentKind::redeemed_code, "code", "mark", hours{1}};
        EXPECT_EQ(outcome(co_await store.redeem(code, mark, redeemed.new_tokens())), "done");
    });
    run([&](Session& session) -> Task<void> {
        Store& store = session.store();
        const Family family = co_await load(store, first.access_key());
        EXPECT_EQ(family.access.size(), 2u);
        EXPECT_EQ(family.refresh.size(), 2u);
        const StoredToken* old = find(family.refresh, first.refresh_digest);
        EXPECT_TRUE(old != nullptr && old->rotated_at == now);
        EXPECT_EQ(outcome(co_await store.rotate(first.replaced(now), third.new_tokens())),
                  "conflict");
        EXPECT_EQ(outcome(co_await store.rotate(second.replaced(now), third.new_tokens())), "done");
        const Family none = co_await load(store, revoked.access_key());
        EXPECT_TRUE(none.access.empty() && none.refresh.empty());
        EXPECT_EQ(co_await get(store, DocumentKind::authorization_code, "code"), "(nothing)");
        EXPECT_EQ(co_await get(store, DocumentKind::redeemed_code, "code"), "mark");
        const Family after = co_await load(store, redeemed.refresh_key());
        EXPECT_EQ(after.access.size() + after.refresh.size(), 2u);
    });
}

TEST_P(StoreConformance, RestartsInARowLoseNothing) {
    NEEDS_DURABILITY();
    for (int round = 0; round < 5; ++round) {
        run([&](Session& session) -> Task<void> {
            for (int i = 0; i < 100; ++i) {
                const std::string key = std::to_string(round * 100 + i);
                EXPECT_EQ(co_await put(session.store(), {DocumentKind::user, key, key}), "done");
            }
            const auto all = co_await session.store().list(DocumentKind::user, "", 1000);
            EXPECT_TRUE(all && all->size() == static_cast<std::size_t>(round + 1) * 100);
        });
    }
}

}  // namespace
}  // namespace sluice::storage::conformance
