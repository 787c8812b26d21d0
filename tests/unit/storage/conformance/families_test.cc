// Conformance: token families, from the first tokens of a grant to its end.
#include "tests/unit/storage/conformance/conformance.h"
#include "tests/unit/storage/conformance/samples.h"

namespace sluice::storage::conformance {
namespace {

using io::Task;
using std::chrono::seconds;
using token::GrantTag;
using Kind = SampleTokens::Kind;

#define NEEDS_TOKENS(session) \
    if (!(session).here().keeps_tokens()) co_return

void expect_same(const StoredToken* stored, const SampleTokens& sample, bool is_access) {
    ASSERT_NE(stored, nullptr);
    EXPECT_EQ(stored->client_id, sample.claims.client_id);
    EXPECT_EQ(stored->username, sample.claims.username);
    EXPECT_EQ(stored->scope, is_access ? sample.access_scope : sample.claims.scope);
    EXPECT_EQ(stored->resource, is_access ? sample.access_resource : sample.claims.resource);
    EXPECT_EQ(stored->issued_at, sample.issued_at);
    EXPECT_EQ(stored->expires_at, is_access ? sample.access_expires_at : sample.refresh_expires_at);
    EXPECT_EQ(stored->rotated_at, 0);
}

Task<std::string> add_grant(Store& store, const SampleTokens& tokens) {
    co_return outcome(co_await store.add_grant(tokens.new_tokens()));
}
Task<std::string> add_access(Store& store, const SampleTokens& tokens) {
    co_return outcome(co_await store.add_access(tokens.new_tokens()));
}
Task<std::string> rotate(Store& store, const Replaced& replaced, const SampleTokens& tokens) {
    co_return outcome(co_await store.rotate(replaced, tokens.new_tokens()));
}
Task<std::size_t> tokens_of(Store& store, TokenKey key) {
    const Family family = co_await load(store, key);
    co_return family.access.size() + family.refresh.size();
}

TEST_P(StoreConformance, GrantIsLoadedByEitherOfItsTokens) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        SampleTokens sample(GrantTag(77), session.random(), session.now());
        sample.access_scope = "notes:read";
        sample.access_resource = "https://other.example/";
        EXPECT_EQ(co_await add_grant(store, sample), "done");
        NEEDS_TOKENS(session);
        for (const TokenKey key : {sample.access_key(), sample.refresh_key()}) {
            const Family family = co_await load(store, key);
            EXPECT_EQ(family.access.size(), 1u);
            EXPECT_EQ(family.refresh.size(), 1u);
            expect_same(find(family.access, sample.access_digest), sample, true);
            expect_same(find(family.refresh, sample.refresh_digest), sample, false);
        }
    });
}

TEST_P(StoreConformance, GrantMayHaveAnAccessTokenAlone) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        NEEDS_TOKENS(session);
        SampleTokens sample(GrantTag(0), session.random(), session.now(), Kind::access_alone);
        sample.claims.username.clear();
        sample.claims.resource.clear();
        sample.access_resource.clear();
        EXPECT_EQ(co_await add_grant(store, sample), "done");
        const Family family = co_await load(store, sample.access_key());
        EXPECT_TRUE(family.refresh.empty());
        EXPECT_EQ(family.access.size(), 1u);
        expect_same(find(family.access, sample.access_digest), sample, true);
    });
}

TEST_P(StoreConformance, OddClaimsAndTheLargestNumbersComeBackAsTheyWere) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        NEEDS_TOKENS(session);
        SampleTokens sample(GrantTag(GrantTag::value_max), session.random(), session.now());
        sample.claims.client_id = "https://client.example/oauth?a='b'&c=\"d\"";
        sample.claims.username = "Zoë \xF0\x9F\x94\x91 O'Neil\\";
        sample.claims.scope = std::string(4000, 's');
        sample.claims.resource = "https://r.example/" + std::string(2000, 'r');
        sample.access_scope = "";
        sample.access_resource = sample.claims.resource;
        sample.access_expires_at = 253'402'300'799;  // the last second of the year 9999
        sample.refresh_expires_at = 253'402'300'799;
        EXPECT_EQ(co_await add_grant(store, sample), "done");
        const Family family = co_await load(store, sample.access_key());
        expect_same(find(family.access, sample.access_digest), sample, true);
        expect_same(find(family.refresh, sample.refresh_digest), sample, false);
    });
}

TEST_P(StoreConformance, TagOfAnotherGrantConflicts) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        NEEDS_TOKENS(session);
        const SampleTokens first(GrantTag(5), session.random(), session.now());
        const SampleTokens second(GrantTag(5), session.random(), session.now());
        const SampleTokens alone(GrantTag(6), session.random(), session.now(), Kind::access_alone);
        const SampleTokens other(GrantTag(6), session.random(), session.now(), Kind::access_alone);
        EXPECT_EQ(co_await add_grant(store, first), "done");
        EXPECT_EQ(co_await add_grant(store, second), "conflict");
        EXPECT_EQ(co_await add_grant(store, alone), "done");
        EXPECT_EQ(co_await add_grant(store, other), "conflict");
        const Family family = co_await load(store, first.access_key());
        EXPECT_EQ(family.access.size() + family.refresh.size(), 2u);
        EXPECT_NE(find(family.refresh, first.refresh_digest), nullptr);
        EXPECT_EQ(co_await tokens_of(store, alone.access_key()), 1u);
    });
}

TEST_P(StoreConformance, UnknownGrantHasNoTokens) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        const SampleTokens neighbour(GrantTag(10), session.random(), session.now());
        const SampleTokens unknown(GrantTag(11), session.random(), session.now());
        EXPECT_EQ(co_await add_grant(store, neighbour), "done");
        EXPECT_EQ(co_await tokens_of(store, unknown.access_key()), 0u);
        EXPECT_EQ(co_await tokens_of(store, unknown.refresh_key()), 0u);
    });
}

TEST_P(StoreConformance, RotationLeavesOneCurrentTokenAndKeepsTheReplacedOnes) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        NEEDS_TOKENS(session);
        const std::int64_t now = session.now();
        std::vector<SampleTokens> chain;
        chain.emplace_back(GrantTag(20), session.random(), now);
        EXPECT_EQ(co_await add_grant(store, chain[0]), "done");
        for (std::size_t i = 0; i < 3; ++i) {
            chain.emplace_back(GrantTag(20), session.random(), now + 1);
            const Replaced replaced = chain[i].replaced(now + 1, now - 60);
            EXPECT_EQ(co_await rotate(store, replaced, chain[i + 1]), "done");
            const Family family = co_await load(store, chain[i + 1].refresh_key());
            EXPECT_EQ(family.access.size(), i + 2);
            EXPECT_EQ(family.refresh.size(), i + 2);
            for (std::size_t k = 0; k <= i + 1; ++k) {
                const StoredToken* token = find(family.refresh, chain[k].refresh_digest);
                EXPECT_NE(token, nullptr);
                if (token != nullptr) EXPECT_EQ(token->rotated_at, k == i + 1 ? 0 : now + 1);
            }
            expect_same(find(family.refresh, chain[i + 1].refresh_digest), chain[i + 1], false);
            expect_same(find(family.access, chain[i + 1].access_digest), chain[i + 1], true);
        }
        // A replaced one that is presented leads to the whole family too.
        EXPECT_EQ(co_await tokens_of(store, chain[0].refresh_key()), 8u);
    });
}

TEST_P(StoreConformance, OnlyTheCurrentTokenOfALivingGrantIsRotated) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        NEEDS_TOKENS(session);
        const std::int64_t now = session.now();
        const SampleTokens first(GrantTag(30), session.random(), now);
        const SampleTokens second(GrantTag(30), session.random(), now);
        const SampleTokens third(GrantTag(30), session.random(), now);
        const SampleTokens stranger(GrantTag(31), session.random(), now);
        EXPECT_EQ(co_await rotate(store, first.replaced(now), second), "conflict");
        EXPECT_EQ(co_await add_grant(store, first), "done");
        EXPECT_EQ(co_await rotate(store, third.replaced(now), second), "conflict");
        EXPECT_EQ(co_await tokens_of(store, first.refresh_key()), 2u);
        EXPECT_EQ(co_await rotate(store, first.replaced(now), second), "done");
        EXPECT_EQ(co_await rotate(store, first.replaced(now), third), "conflict");
        EXPECT_EQ(co_await tokens_of(store, first.refresh_key()), 4u);
        EXPECT_TRUE(co_await store.revoke(GrantTag(30)));
        EXPECT_EQ(co_await rotate(store, second.replaced(now), third), "conflict");
        EXPECT_EQ(co_await tokens_of(store, second.refresh_key()), 0u);
        EXPECT_EQ(co_await tokens_of(store, stranger.refresh_key()), 0u);
    });
}

TEST_P(StoreConformance, AChainThatIsPrunedStaysShort) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        NEEDS_TOKENS(session);
        const std::int64_t start = session.now();
        auto current = std::make_unique<SampleTokens>(GrantTag(40), session.random(), start);
        EXPECT_EQ(co_await add_grant(store, *current), "done");
        for (int i = 1; i <= 40; ++i) {
            const std::int64_t now = start + i * 10;
            auto next = std::make_unique<SampleTokens>(GrantTag(40), session.random(), now);
            // Within the last 20 seconds two others were replaced: those have to stay.
            EXPECT_EQ(co_await rotate(store, current->replaced(now, now - 20), *next), "done");
            current = std::move(next);
            const Family family = co_await load(store, current->refresh_key());
            int kept = 0;
            int currents = 0;
            for (const StoredToken& token : family.refresh) {
                currents += token.rotated_at == 0;
                kept += token.rotated_at >= now - 20;
            }
            EXPECT_EQ(currents, 1);
            EXPECT_EQ(kept, std::min(i, 3));
            EXPECT_LE(family.refresh.size(), 12u);
        }
    });
}

TEST_P(StoreConformance, AccessTokensAreAddedToALivingGrantAlone) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        NEEDS_TOKENS(session);
        const std::int64_t now = session.now();
        const SampleTokens first(GrantTag(50), session.random(), now);
        SampleTokens more(GrantTag(50), session.random(), now, Kind::access_alone);
        more.access_scope = "notes:read";
        EXPECT_EQ(co_await add_access(store, more), "conflict");
        EXPECT_EQ(co_await tokens_of(store, more.access_key()), 0u);
        EXPECT_EQ(co_await add_grant(store, first), "done");
        EXPECT_EQ(co_await add_access(store, more), "done");
        const Family family = co_await load(store, more.access_key());
        EXPECT_EQ(family.access.size(), 2u);
        EXPECT_EQ(family.refresh.size(), 1u);
        expect_same(find(family.access, more.access_digest), more, true);
        const SampleTokens late(GrantTag(50), session.random(), now, Kind::access_alone);
        EXPECT_TRUE(co_await store.revoke(GrantTag(50)));
        EXPECT_EQ(co_await add_access(store, late), "conflict");
        EXPECT_EQ(co_await tokens_of(store, late.access_key()), 0u);
    });
}

TEST_P(StoreConformance, RevokedGrantIsGoneAndItsNeighboursAreNot) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        NEEDS_TOKENS(session);
        std::vector<SampleTokens> grants;
        for (std::uint64_t tag = 60; tag < 63; ++tag) {
            grants.emplace_back(GrantTag(tag), session.random(), session.now());
            EXPECT_EQ(co_await add_grant(store, grants.back()), "done");
        }
        EXPECT_TRUE(co_await store.revoke(GrantTag(61)));
        EXPECT_EQ(co_await tokens_of(store, grants[0].access_key()), 2u);
        EXPECT_EQ(co_await tokens_of(store, grants[1].access_key()), 0u);
        EXPECT_EQ(co_await tokens_of(store, grants[1].refresh_key()), 0u);
        EXPECT_EQ(co_await tokens_of(store, grants[2].refresh_key()), 2u);
        EXPECT_TRUE(co_await store.revoke(GrantTag(61)));  // again
        EXPECT_TRUE(co_await store.revoke(GrantTag(99)));  // never there
    });
}

TEST_P(StoreConformance, ExpiredTokensAreInNoFamilyAndKeepNoGrantAlive) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        NEEDS_TOKENS(session);
        const std::int64_t now = session.now();
        SampleTokens half(GrantTag(70), session.random(), now);
        half.access_expires_at = now + 2;
        SampleTokens all(GrantTag(71), session.random(), now);
        all.access_expires_at = now + 2;
        all.refresh_expires_at = now + 2;
        EXPECT_EQ(co_await add_grant(store, half), "done");
        EXPECT_EQ(co_await add_grant(store, all), "done");
        EXPECT_EQ(co_await tokens_of(store, half.refresh_key()), 2u);
        co_await session.pass(seconds{4});
        const Family family = co_await load(store, half.refresh_key());
        EXPECT_TRUE(family.access.empty());
        EXPECT_EQ(family.refresh.size(), 1u);
        EXPECT_EQ(co_await tokens_of(store, all.refresh_key()), 0u);
        const SampleTokens next(GrantTag(70), session.random(), session.now());
        const SampleTokens late(GrantTag(71), session.random(), session.now());
        const SampleTokens more(GrantTag(71), session.random(), session.now(), Kind::access_alone);
        EXPECT_EQ(co_await rotate(store, all.replaced(session.now()), late), "conflict");
        EXPECT_EQ(co_await add_access(store, more), "conflict");
        EXPECT_EQ(co_await rotate(store, half.replaced(session.now()), next), "done");
    });
}

}  // namespace
}  // namespace sluice::storage::conformance
