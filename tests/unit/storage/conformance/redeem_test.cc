// Conformance: redeeming a code, which is one step from the code to the tokens.
#include "tests/unit/storage/conformance/conformance.h"
#include "tests/unit/storage/conformance/samples.h"

namespace sluice::storage::conformance {
namespace {

using io::Task;
using std::chrono::minutes;
using std::chrono::seconds;
using token::GrantTag;

constexpr auto code_kind = DocumentKind::authorization_code;
constexpr auto redeemed_kind = DocumentKind::redeemed_code;

Task<std::string> redeem(Store& store, std::string_view code, std::string_view what,
                         const SampleTokens& tokens) {
    const DocumentKey key{code_kind, code};
    const Document redeemed{redeemed_kind, code, what, minutes{10}};
    co_return outcome(co_await store.redeem(key, redeemed, tokens.new_tokens()));
}

TEST_P(StoreConformance, CodeIsRedeemedOnce) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        const SampleTokens first(GrantTag(1), session.random(), session.now());
        const SampleTokens second(GrantTag(2), session.random(), session.now());
        EXPECT_EQ(co_await put(store, {code_kind, "code", "grant", minutes{1}}), "done");
        EXPECT_EQ(co_await redeem(store, "code", "first", first), "done");
        EXPECT_EQ(co_await get(store, code_kind, "code"), "(nothing)");
        EXPECT_EQ(co_await redeem(store, "code", "second", second), "conflict");
        EXPECT_EQ(co_await get(store, redeemed_kind, "code"), "first");
        EXPECT_EQ(co_await erase(store, code_kind, "code"), "conflict");
        if (!session.here().keeps_tokens()) co_return;
        const Family family = co_await load(store, first.refresh_key());
        EXPECT_NE(find(family.access, first.access_digest), nullptr);
        EXPECT_NE(find(family.refresh, first.refresh_digest), nullptr);
        const Family none = co_await load(store, second.refresh_key());
        EXPECT_TRUE(none.access.empty() && none.refresh.empty());
    });
}

TEST_P(StoreConformance, CodeThatIsNotThereLeavesNothingBehind) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        const SampleTokens tokens(GrantTag(3), session.random(), session.now());
        EXPECT_EQ(co_await put(store, {code_kind, "other", "grant", minutes{1}}), "done");
        EXPECT_EQ(co_await put(store, {code_kind, "late", "grant", seconds{2}}), "done");
        EXPECT_EQ(co_await redeem(store, "unknown", "x", tokens), "conflict");
        EXPECT_EQ(co_await get(store, redeemed_kind, "unknown"), "(nothing)");
        co_await session.pass(seconds{3});
        EXPECT_EQ(co_await redeem(store, "late", "x", tokens), "conflict");
        EXPECT_EQ(co_await get(store, redeemed_kind, "late"), "(nothing)");
        const Family family = co_await load(store, tokens.access_key());
        EXPECT_TRUE(family.access.empty() && family.refresh.empty());
        EXPECT_EQ(co_await redeem(store, "other", "x", tokens), "done");
    });
}

TEST_P(StoreConformance, CodeStaysWhereAnotherGrantHasTheTag) {
    run([](Session& session) -> Task<void> {
        if (!session.here().keeps_tokens()) co_return;
        Store& store = session.store();
        const SampleTokens there(GrantTag(21), session.random(), session.now());
        const SampleTokens same(GrantTag(21), session.random(), session.now());
        const SampleTokens other(GrantTag(22), session.random(), session.now());
        EXPECT_EQ(outcome(co_await store.add_grant(there.new_tokens())), "done");
        EXPECT_EQ(co_await put(store, {code_kind, "code", "grant", minutes{1}}), "done");
        EXPECT_EQ(co_await redeem(store, "code", "same", same), "conflict");
        EXPECT_EQ(co_await get(store, code_kind, "code"), "grant");
        EXPECT_EQ(co_await get(store, redeemed_kind, "code"), "(nothing)");
        EXPECT_EQ(co_await redeem(store, "code", "other", other), "done");
        const Family family = co_await load(store, there.access_key());
        EXPECT_EQ(family.access.size(), 1u);
    });
}

TEST_P(StoreConformance, CodeThatWasErasedIsNotRedeemed) {
    run([](Session& session) -> Task<void> {
        Store& store = session.store();
        const SampleTokens tokens(GrantTag(4), session.random(), session.now());
        EXPECT_EQ(co_await put(store, {code_kind, "code", "grant", minutes{1}}), "done");
        EXPECT_EQ(co_await erase(store, code_kind, "code"), "done");
        EXPECT_EQ(co_await redeem(store, "code", "x", tokens), "conflict");
    });
}

}  // namespace
}  // namespace sluice::storage::conformance
