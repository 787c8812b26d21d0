#include "oauth/introspection/remote_token_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::oauth {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr MonotonicTime start{hours{1}};

/// A store of another shard, and the copies that this one keeps of its tokens.
class RemoteTokensTest : public testing::Test {
protected:
    storage::GrantHandle issue(const std::string& token) {
        storage::ClaimsTable& table = owner.claims();
        storage::Claims& said =
            table.acquire("client", "alice", "a b", "https://rs.example/mcp", "https://as");
        const storage::GrantHandle grant = owner.create(token::GrantTag(++tags << 16), said);
        owner.add_access(crypto::sha256(token), grant, table.acquire(said),
                         {1'790'000'000, hours{1}, start});
        return grant;
    }
    void copy(const std::string& token) {
        const crypto::Digest digest = crypto::sha256(token);
        copies.keep(digest, RemoteToken::of(owner, *owner.find_access(digest, start)));
    }
    const storage::AccessRecord* find(const std::string& token, MonotonicTime now = start) {
        return copies.find(crypto::sha256(token), now);
    }

    std::uint64_t tags = 0;
    storage::GrantStore owner{1};
    storage::ClaimsTable claims{2};
    RemoteTokenCache copies{claims};
};

TEST_F(RemoteTokensTest, ACopySaysWhatTheOwnerSays) {
    issue("at");
    EXPECT_EQ(find("at"), nullptr);
    copy("at");
    const storage::AccessRecord* copied = find("at");
    ASSERT_NE(copied, nullptr);
    const auto* original = owner.find_access(crypto::sha256("at"), start);
    EXPECT_EQ(copied->claims->json_head, original->claims->json_head);
    EXPECT_NE(copied->claims, original->claims) << "what another shard owns is not referred to";
    EXPECT_EQ(copied->issued_at, original->issued_at);
    EXPECT_EQ(copied->lifetime_s, original->lifetime_s);
    EXPECT_EQ(find("another"), nullptr);
}

TEST_F(RemoteTokensTest, ARevocationEndsCopiesAtOnce) {
    const storage::GrantHandle grant = issue("at");
    copy("at");
    ASSERT_NE(find("at"), nullptr);
    owner.revoke(grant);
    EXPECT_EQ(find("at"), nullptr);
}

TEST_F(RemoteTokensTest, ARevocationBetweenAnswerAndCopyIsNotMissed) {
    const storage::GrantHandle grant = issue("at");
    const crypto::Digest digest = crypto::sha256("at");
    const RemoteToken answer = RemoteToken::of(owner, *owner.find_access(digest, start));
    owner.revoke(grant);
    copies.keep(digest, answer);
    EXPECT_EQ(find("at"), nullptr);
}

TEST_F(RemoteTokensTest, ARevocationLeavesMostOtherCopiesGood) {
    const storage::GrantHandle grant = issue("revoked");
    for (int i = 0; i < 50; ++i) {
        issue("at" + std::to_string(i));
        copy("at" + std::to_string(i));
    }
    owner.revoke(grant);
    for (int i = 0; i < 50; ++i) EXPECT_NE(find("at" + std::to_string(i)), nullptr) << i;
}

TEST_F(RemoteTokensTest, ACopyEndsWithItsToken) {
    issue("at");
    copy("at");
    EXPECT_NE(find("at", start + minutes{59}), nullptr);
    EXPECT_EQ(find("at", start + hours{1}), nullptr);
}

TEST_F(RemoteTokensTest, ForgettingExpiredTokensLeavesCopiesAlone) {
    issue("old");
    for (int i = 0; i < 4; ++i) owner.sweep(start + hours{2});
    ASSERT_EQ(owner.grant_count(), 0u);
    const storage::GrantHandle grant = issue("at");
    EXPECT_EQ(owner.revocations(owner.find(grant)->tag).load(), 0u);
}

TEST_F(RemoteTokensTest, ClaimsGoWithTheirLastCopy) {
    issue("at");
    copy("at");
    copy("at");
    EXPECT_EQ(claims.size(), 1u);
    EXPECT_EQ(find("at")->claims->references, 1u);
}

}  // namespace
}  // namespace sluice::oauth
