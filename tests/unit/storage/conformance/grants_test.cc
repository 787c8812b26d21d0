// Conformance: looking grants up by what they are, and the bound on a grant's tokens.
#include <set>

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

/// Tags of the grants that are found.
Task<std::set<std::uint64_t>> found(Store& store, GrantFilter filter, TagRange part = {}) {
    const auto grants = co_await store.find_grants(filter, part);
    EXPECT_TRUE(grants);
    std::set<std::uint64_t> tags;
    for (const StoredGrant& grant : grants.value_or(std::vector<StoredGrant>())) {
        tags.insert(grant.tag.value());
    }
    co_return tags;
}

using Tags = std::set<std::uint64_t>;

Task<void> add(Session& session, std::uint64_t tag, std::string client, std::string user,
               std::string resource, Kind kind = Kind::with_refresh) {
    SampleTokens tokens(GrantTag(tag), session.random(), session.now(), kind);
    tokens.claims = {std::move(client), std::move(user), "notes:read notes:write", resource};
    tokens.access_scope = "notes:read";
    tokens.access_resource = resource;
    EXPECT_EQ(outcome(co_await session.store().add_grant(tokens.new_tokens())), "done");
}

TEST_P(StoreConformance, GrantsAreFoundByUserClientAndResource) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        co_await add(session, 1, "app", "alice", "https://a.example/mcp");
        co_await add(session, 2, "app", "bob", "https://a.example/mcp");
        co_await add(session, 3, "other", "alice", "https://b.example/mcp");
        co_await add(session, 4, "worker", "", "https://b.example/mcp", Kind::access_alone);
        if (!session.here().keeps_tokens()) {
            EXPECT_EQ(co_await found(store, {}), Tags());
            co_return;
        }
        EXPECT_EQ(co_await found(store, {}), Tags({1, 2, 3, 4}));
        GrantFilter filter;
        filter.username = "alice";
        EXPECT_EQ(co_await found(store, filter), Tags({1, 3}));
        filter.client_id = "app";
        EXPECT_EQ(co_await found(store, filter), Tags({1}));
        filter.username.reset();
        EXPECT_EQ(co_await found(store, filter), Tags({1, 2}));
        GrantFilter at;
        at.resource = "https://b.example/mcp";
        EXPECT_EQ(co_await found(store, at), Tags({3, 4}));
        GrantFilter nobody;
        nobody.username = "";
        EXPECT_EQ(co_await found(store, nobody), Tags({4}));
        co_await store.revoke(GrantTag(3));
        EXPECT_EQ(co_await found(store, at), Tags({4}));
    });
}

TEST_P(StoreConformance, GrantsAreFoundInPartsWithWhatWasGranted) {
    run([](Session& session) -> Task<void> {
        NEEDS_TOKENS(session);
        constexpr std::uint64_t middle = GrantTag::value_max / 2;
        for (const std::uint64_t tag :
             {std::uint64_t{0}, middle, middle + 1, GrantTag::value_max}) {
            co_await add(session, tag, "app", "alice", "https://a.example/mcp");
        }
        Store& store = session.store();
        EXPECT_EQ(co_await found(store, {}, {0, middle}), Tags({0, middle}));
        EXPECT_EQ(co_await found(store, {}, {middle + 1, GrantTag::value_max}),
                  Tags({middle + 1, GrantTag::value_max}));
        const auto first = co_await store.find_grants({}, {0, 0});
        EXPECT_TRUE(first && first->size() == 1);
        if (!first || first->empty()) co_return;
        EXPECT_EQ(first->front().client_id, "app");
        EXPECT_EQ(first->front().username, "alice");
        EXPECT_EQ(first->front().scope, "notes:read notes:write");
        EXPECT_EQ(first->front().resource, "https://a.example/mcp");
        EXPECT_EQ(first->front().expires_at - first->front().issued_at, 86400);
    });
}

TEST_P(StoreConformance, AGrantKeepsItsLatestAccessTokens) {
    run([](Session& session) -> Task<void> {
        NEEDS_TOKENS(session);
        Store& store = session.store();
        const std::int64_t now = session.now();
        std::vector<SampleTokens> all;
        all.emplace_back(GrantTag(5), session.random(), now - 1000);
        EXPECT_EQ(outcome(co_await store.add_grant(all[0].new_tokens())), "done");
        for (int i = 1; i <= 100; ++i) {
            const bool rotates = i % 2 == 0;
            all.emplace_back(GrantTag(5), session.random(), now - 1000 + i,
                             rotates ? Kind::with_refresh : Kind::access_alone);
            const auto done = rotates
                                  ? co_await store.rotate(all[all.size() - 3].replaced(now, now),
                                                          all.back().new_tokens())
                                  : co_await store.add_access(all.back().new_tokens());
            EXPECT_EQ(outcome(done), "done") << i;
        }
        const Family family = co_await load(store, all.back().access_key());
        EXPECT_EQ(family.access.size(), access_tokens_max);
        EXPECT_NE(find(family.access, all.back().access_digest), nullptr);
        EXPECT_NE(find(family.access, all[all.size() - access_tokens_max].access_digest), nullptr);
        EXPECT_EQ(find(family.access, all[0].access_digest), nullptr);
        EXPECT_NE(find(family.refresh, all.back().refresh_digest), nullptr);
    });
}

}  // namespace
}  // namespace sluice::storage::conformance
