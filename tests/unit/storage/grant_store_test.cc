#include "storage/grant_store.h"

#include <gtest/gtest.h>

#include <string_view>

#include "token/introspection.h"

namespace sluice::storage {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr MonotonicTime start{hours{1}};

class GrantStoreTest : public testing::Test {
protected:
    Claims& claims(std::string_view username) {
        return store.claims().acquire("client", username, "a b", "https://rs.example/mcp",
                                      "https://as.example");
    }
    GrantHandle issue(std::string_view access, std::string_view refresh) {
        Claims& said = claims("alice");
        const GrantHandle grant = store.create(token::GrantTag(++tags), said);
        store.add_access(crypto::sha256(access), grant, store.claims().acquire(said),
                         {1'790'000'000, hours{1}, start});
        store.add_refresh(crypto::sha256(refresh), grant, start + hours{24});
        return grant;
    }
    void sweep_all(MonotonicTime now) {
        for (int i = 0; i < 4; ++i) store.sweep(now);
    }

    std::uint64_t tags = 0;
    GrantStore store{1};
};

TEST_F(GrantStoreTest, AnAccessTokenIsFoundUntilItsDeadline) {
    issue("at", "rt");
    ASSERT_NE(store.find_access(crypto::sha256("at"), start), nullptr);
    EXPECT_EQ(store.find_access(crypto::sha256("at"), start + hours{1}), nullptr);
    EXPECT_EQ(store.find_access(crypto::sha256("rt"), start), nullptr);
    EXPECT_NE(store.find_refresh(crypto::sha256("rt"), start + hours{1}), nullptr);
}

TEST_F(GrantStoreTest, RevokingAGrantEndsEveryTokenOfItAndNoOther) {
    const GrantHandle first = issue("at1", "rt1");
    issue("at2", "rt2");
    store.revoke(first);
    EXPECT_EQ(store.find_access(crypto::sha256("at1"), start), nullptr);
    EXPECT_EQ(store.find_refresh(crypto::sha256("rt1"), start), nullptr);
    EXPECT_NE(store.find_access(crypto::sha256("at2"), start), nullptr);
    EXPECT_NE(store.find_refresh(crypto::sha256("rt2"), start), nullptr);
}

TEST_F(GrantStoreTest, ANewGrantInTheSamePlaceDoesNotReviveTheTokensOfARevokedOne) {
    const GrantHandle old = issue("at1", "rt1");
    store.revoke(old);
    const GrantHandle fresh = issue("at2", "rt2");
    EXPECT_EQ(old.place, fresh.place);
    EXPECT_EQ(store.find_access(crypto::sha256("at1"), start), nullptr);
    sweep_all(start);
    EXPECT_NE(store.find_access(crypto::sha256("at2"), start), nullptr);
    EXPECT_EQ(store.token_count(), 2U);
}

TEST_F(GrantStoreTest, TheSweepForgetsExpiredTokensAndThenTheirGrantAndClaims) {
    issue("at", "rt");
    sweep_all(start + minutes{59});
    EXPECT_EQ(store.token_count(), 2U);
    sweep_all(start + hours{1});
    EXPECT_EQ(store.token_count(), 1U);
    EXPECT_EQ(store.grant_count(), 1U);
    sweep_all(start + hours{24});
    EXPECT_EQ(store.token_count(), 0U);
    EXPECT_EQ(store.grant_count(), 0U);
    EXPECT_EQ(store.claims().size(), 0U);
}

TEST_F(GrantStoreTest, GrantsThatSayTheSameShareTheirClaims) {
    issue("at1", "rt1");
    issue("at2", "rt2");
    EXPECT_EQ(store.claims().size(), 1U);
    store.claims().release(claims("bob"));
    EXPECT_EQ(store.claims().size(), 1U);
}

TEST_F(GrantStoreTest, ClaimsThatAreSpelledOddlyAreForgottenToo) {
    // As another program writes them into a table that is shared with it.
    for (const std::string_view scope : {"a  b", " b a", "a a"}) {
        Claims& odd = store.claims().acquire("client", "alice", scope, "", "https://as.example");
        store.claims().release(odd);
    }
    EXPECT_EQ(store.claims().size(), 0u);
}

TEST_F(GrantStoreTest, IsUsedAsItSays) {
    Claims& said = claims("alice");
    const GrantHandle grant = store.create(token::GrantTag(1), said, GrantStore::ByTag::yes);
    EXPECT_DEATH(store.add_access(crypto::sha256("at"), grant, said, {0, hours{0}, start}),
                 "lifetime");
    store.add_refresh(crypto::sha256("rt"), grant, start + hours{1});
    EXPECT_DEATH(store.add_refresh(crypto::sha256("rt"), grant, start), "there already");
    store.revoke(grant);
    EXPECT_DEATH(store.add_refresh(crypto::sha256("late"), grant, start), "owner != nullptr");
}

TEST_F(GrantStoreTest, ClaimsAreTheIntrospectionAnswerWithoutItsTimes) {
    Claims& said = claims("alice");
    const auto parsed = token::parse_introspection_json(said.json_head + R"(,"exp":2,"iat":1})");
    ASSERT_TRUE(parsed.has_value() && parsed->has_value());
    EXPECT_EQ((*parsed)->subject, "alice");
    EXPECT_EQ((*parsed)->client_id, "client");
    EXPECT_EQ((*parsed)->scope.text(), "a b");
    EXPECT_EQ((*parsed)->audience, std::vector<std::string>{"https://rs.example/mcp"});
    EXPECT_EQ((*parsed)->issuer, "https://as.example");
    EXPECT_EQ((*parsed)->expires_at, 2);
    store.claims().release(said);
}

}  // namespace
}  // namespace sluice::storage
