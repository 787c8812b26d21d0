// A shard's working set above a store: over every engine.
#include "storage/working_set.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "tests/unit/storage/conformance/conformance.h"
#include "tests/unit/storage/conformance/samples.h"

namespace sluice::storage::conformance {
namespace {

constexpr WorkingSet::Settings settings{.issuer = "https://as.example",
                                        .refresh_replay_window = std::chrono::seconds{120},
                                        .tokens_max = 1'000'000};

/// The real store, but what load() and redeem() give is held back until the test lets it go.
class HeldBack final : public Store {
public:
    HeldBack(io::Shard& shard, Store& real) : go(shard), real_(real) {}

    io::Task<void> run(io::CancelScope&) override { co_return; }
    void listen(StoreListener&) override {}
    StoreState state() const override { return real_.state(); }
    bool keeps_nothing() const override { return real_.keeps_nothing(); }
    bool is_shared() const override { return real_.is_shared(); }
    io::Task<StoreResult<Outcome>> add_grant(const NewTokens& tokens) override {
        return real_.add_grant(tokens);
    }
    io::Task<StoreResult<Outcome>> redeem(const DocumentKey& code, const Document& redeemed,
                                          const NewTokens& tokens) override {
        const auto outcome = co_await real_.redeem(code, redeemed, tokens);
        co_await go.wait();
        co_return outcome;
    }
    io::Task<StoreResult<Outcome>> rotate(const Replaced& replaced,
                                          const NewTokens& tokens) override {
        return real_.rotate(replaced, tokens);
    }
    io::Task<StoreResult<Outcome>> add_access(const NewTokens& tokens) override {
        return real_.add_access(tokens);
    }
    io::Task<StoreResult<>> revoke(token::GrantTag tag) override {
        if (holds_revocations) co_await go.wait();
        co_return co_await real_.revoke(tag);
    }
    io::Task<StoreResult<std::vector<StoredGrant>>> find_grants(const GrantFilter& filter,
                                                                TagRange part) override {
        return real_.find_grants(filter, part);
    }
    io::Task<StoreResult<Family>> load(const TokenKey& presented) override {
        ++loads;
        auto family = co_await real_.load(presented);
        co_await go.wait();
        co_return family;
    }
    io::Task<StoreResult<Outcome>> put(const Document& document, PutMode mode) override {
        return real_.put(document, mode);
    }
    io::Task<StoreResult<std::optional<std::string>>> get(const DocumentKey& key) override {
        return real_.get(key);
    }
    io::Task<StoreResult<Outcome>> erase(const DocumentKey& key) override {
        return real_.erase(key);
    }
    io::Task<StoreResult<std::vector<StoredDocument>>> list(DocumentKind kind,
                                                            std::string_view after,
                                                            std::size_t count_max) override {
        return real_.list(kind, after, count_max);
    }

    io::Event go;
    unsigned loads = 0;
    bool holds_revocations = false;

private:
    Store& real_;
};

/// One that may believe its memory, whoever else writes to the store.
class TrustedSet : public WorkingSet {
public:
    TrustedSet(io::Shard& shard, Store& store, const Settings& with, std::uint64_t hash_seed)
        : WorkingSet(shard, store, with, hash_seed) {
        on_trust(MonotonicTime::max());
    }
};

token::GrantTag any_tag(Session& session) {
    return token::GrantTag::generate(session.random());
}

io::Task<bool> is_active(WorkingSet& set, const TokenKey& key) {
    const auto record = co_await set.read_access(key);
    EXPECT_TRUE(record);
    co_return record && *record != nullptr;
}

io::Task<bool> is_current(WorkingSet& set, const TokenKey& key) {
    const auto record = co_await set.read_refresh(key);
    EXPECT_TRUE(record);
    co_return record && *record != nullptr && !(*record)->rotated();
}

TEST_P(StoreConformance, WorkingSetFindsWhatItAddedWithoutAskingAgain) {
    run([](Session& session) -> io::Task<void> {
        TrustedSet set(session.here().shard, session.store(), settings, 1);
        const SampleTokens tokens(any_tag(session), session.random(), session.now());
        EXPECT_EQ(outcome(co_await set.add_grant(tokens.new_tokens())), "done");
        const AccessRecord* record = set.find_access(tokens.access_digest);
        EXPECT_NE(record, nullptr);
        if (record == nullptr) co_return;
        EXPECT_EQ(record->claims->info.client_id, "client-1");
        EXPECT_EQ(record->issued_at + record->lifetime_s, tokens.access_expires_at);
        EXPECT_TRUE(co_await is_current(set, tokens.refresh_key()));
        EXPECT_EQ(outcome(co_await set.add_grant(tokens.new_tokens())), "conflict")
            << "its tag is taken";
    });
}

TEST_P(StoreConformance, WorkingSetLoadsAWholeFamilyOnAMissAndSaysWhatWasStored) {
    run([](Session& session) -> io::Task<void> {
        if (!session.here().keeps_tokens()) co_return;
        SampleTokens tokens(any_tag(session), session.random(), session.now());
        tokens.access_scope = "notes:read";
        TrustedSet before(session.here().shard, session.store(), settings, 1);
        co_await before.add_grant(tokens.new_tokens());

        TrustedSet set(session.here().shard, session.store(), settings, 2);
        EXPECT_EQ(set.find_access(tokens.access_digest), nullptr);
        const auto read = co_await set.read_access(tokens.access_key());
        EXPECT_TRUE(read && *read != nullptr);
        if (!read || *read == nullptr) co_return;
        EXPECT_EQ((*read)->claims->info.scope.text(), "notes:read");
        EXPECT_EQ((*read)->claims->info.username, "alice");
        const Grant* grant = set.memory().find((*read)->grant);
        EXPECT_NE(grant, nullptr);
        EXPECT_EQ(grant->claims->info.scope.text(), "notes:read notes:write");
        EXPECT_NE(set.memory().find_refresh(tokens.refresh_digest, session.here().shard.now()),
                  nullptr);
    });
}

TEST_P(StoreConformance, WorkingSetLearnsFromAConflictWhoWasFirst) {
    run([](Session& session) -> io::Task<void> {
        if (!session.here().keeps_tokens()) co_return;
        const token::GrantTag tag = any_tag(session);
        const SampleTokens first(tag, session.random(), session.now());
        const SampleTokens next(tag, session.random(), session.now());
        const SampleTokens late(tag, session.random(), session.now());
        TrustedSet here(session.here().shard, session.store(), settings, 1);
        TrustedSet there(session.here().shard, session.store(), settings, 2);
        co_await here.add_grant(first.new_tokens());
        EXPECT_TRUE(co_await is_current(there, first.refresh_key()));

        EXPECT_EQ(outcome(co_await here.rotate(first.replaced(session.now()), next.new_tokens())),
                  "done");
        EXPECT_FALSE(co_await is_current(here, first.refresh_key()));
        EXPECT_TRUE(co_await is_current(here, next.refresh_key()));

        EXPECT_EQ(outcome(co_await there.rotate(first.replaced(session.now()), late.new_tokens())),
                  "conflict");
        EXPECT_TRUE(co_await there.reload(first.refresh_key()));
        EXPECT_FALSE(co_await is_current(there, first.refresh_key()));
        EXPECT_TRUE(co_await is_current(there, next.refresh_key()));
        EXPECT_TRUE(co_await is_active(there, next.access_key()));
        EXPECT_FALSE(co_await is_active(there, late.access_key()));
    });
}

TEST_P(StoreConformance, WorkingSetForgetsAReplacedTokenWhenItsWindowIsOver) {
    run([](Session& session) -> io::Task<void> {
        const token::GrantTag tag = any_tag(session);
        const SampleTokens first(tag, session.random(), session.now());
        const SampleTokens next(tag, session.random(), session.now());
        TrustedSet set(session.here().shard, session.store(), settings, 1);
        co_await set.add_grant(first.new_tokens());
        co_await set.rotate(first.replaced(session.now()), next.new_tokens());
        const auto replaced = co_await set.read_refresh(first.refresh_key());
        EXPECT_TRUE(replaced && *replaced != nullptr) << "a repetition is answered alike";
        co_await session.pass(std::chrono::seconds{121});
        const auto later = co_await set.read_refresh(first.refresh_key());
        EXPECT_TRUE(later && *later == nullptr);
        EXPECT_TRUE(co_await is_current(set, next.refresh_key()));
    });
}

TEST_P(StoreConformance, WorkingSetRevokesEveryTokenOfAGrantAndTheCopiesOfOthers) {
    run([](Session& session) -> io::Task<void> {
        TrustedSet set(session.here().shard, session.store(), settings, 1);
        const SampleTokens dead(any_tag(session), session.random(), session.now());
        const SampleTokens alive(any_tag(session), session.random(), session.now());
        co_await set.add_grant(dead.new_tokens());
        co_await set.add_grant(alive.new_tokens());
        const std::uint64_t seen = set.memory().revocations(dead.tag).load();
        EXPECT_TRUE(co_await set.revoke(dead.tag, std::nullopt));
        EXPECT_NE(set.memory().revocations(dead.tag).load(), seen);
        EXPECT_FALSE(co_await is_active(set, dead.access_key()));
        EXPECT_FALSE(co_await is_current(set, dead.refresh_key()));
        EXPECT_TRUE(co_await is_active(set, alive.access_key()));
    });
}

TEST_P(StoreConformance, WorkingSetEndsNoCopiesForATokenThatSomebodyMadeUp) {
    run([](Session& session) -> io::Task<void> {
        TrustedSet set(session.here().shard, session.store(), settings, 1);
        const SampleTokens made_up(any_tag(session), session.random(), session.now());
        EXPECT_FALSE(co_await is_active(set, made_up.access_key()));
        EXPECT_FALSE(co_await is_current(set, made_up.refresh_key()));
        EXPECT_EQ(set.memory().revocations(made_up.tag).load(), 0u);
    });
}

TEST_P(StoreConformance, WorkingSetLoadsAnewWhatIsOverInMemoryWhereTheWallClockWasSetBack) {
    run([](Session& session) -> io::Task<void> {
        if (!session.here().keeps_tokens()) co_return;
        TrustedSet set(session.here().shard, session.store(), settings, 1);
        const SampleTokens tokens(any_tag(session), session.random(), session.now(),
                                  SampleTokens::Kind::access_alone);
        co_await set.add_grant(tokens.new_tokens());
        if (!co_await session.set_wall_back(std::chrono::hours{2})) co_return;
        co_await session.pass(std::chrono::hours{2});
        EXPECT_EQ(set.find_access(tokens.access_digest), nullptr);
        EXPECT_TRUE(co_await is_active(set, tokens.access_key()));
    });
}

TEST_P(StoreConformance, WorkingSetDropsWhatAnotherBoxRevoked) {
    run([](Session& session) -> io::Task<void> {
        if (!session.here().keeps_tokens()) co_return;
        const SampleTokens tokens(any_tag(session), session.random(), session.now());
        TrustedSet here(session.here().shard, session.store(), settings, 1);
        TrustedSet there(session.here().shard, session.store(), settings, 2);
        co_await here.add_grant(tokens.new_tokens());
        EXPECT_TRUE(co_await is_active(there, tokens.access_key()));
        co_await here.revoke(tokens.tag, std::nullopt);
        EXPECT_TRUE(co_await is_active(there, tokens.access_key())) << "it has not heard of it";
        there.on_revoked(tokens.tag);
        EXPECT_FALSE(co_await is_active(there, tokens.access_key()));
        EXPECT_EQ(there.memory().grant_count(), 0u);
    });
}

io::Task<void> read_into(WorkingSet& set, TokenKey key, bool& found) {
    found = co_await is_active(set, key);
}

TEST_P(StoreConformance, WorkingSetDoesNotReviveWhatWasRevokedWhileItWasLoaded) {
    run([](Session& session) -> io::Task<void> {
        if (!session.here().keeps_tokens()) co_return;
        const SampleTokens tokens(any_tag(session), session.random(), session.now());
        co_await session.store().add_grant(tokens.new_tokens());
        HeldBack store(session.here().shard, session.store());
        TrustedSet set(session.here().shard, store, settings, 1);
        io::TaskGroup group;
        bool found = true;
        group.spawn(read_into(set, tokens.access_key(), found));
        co_await session.wait(std::chrono::milliseconds{50});  // it has read, and is held back
        co_await set.revoke(tokens.tag, std::nullopt);
        store.go.set();
        co_await group.join();
        EXPECT_FALSE(found);
        EXPECT_EQ(set.memory().token_count(), 0u);
    });
}

io::Task<void> redeem_into(WorkingSet& set, const SampleTokens& tokens, std::string& said) {
    said = outcome(co_await set.redeem({DocumentKind::authorization_code, "code"},
                                       {.kind = DocumentKind::redeemed_code,
                                        .key = "code",
                                        .value = "{}",
                                        .lifetime = std::chrono::minutes{10}},
                                       tokens.new_tokens()));
}

TEST_P(StoreConformance, WorkingSetDoesNotReviveWhatAReplayEndedWhileTheCodeWasRedeemed) {
    run([](Session& session) -> io::Task<void> {
        const SampleTokens tokens(any_tag(session), session.random(), session.now());
        co_await put(session.store(), {.kind = DocumentKind::authorization_code,
                                       .key = "code",
                                       .value = "{}",
                                       .lifetime = std::chrono::minutes{1}});
        HeldBack store(session.here().shard, session.store());
        TrustedSet set(session.here().shard, store, settings, 1);
        io::TaskGroup group;
        std::string said;
        group.spawn(redeem_into(set, tokens, said));
        co_await session.wait(std::chrono::milliseconds{50});
        co_await set.revoke(tokens.tag, std::nullopt);
        store.go.set();
        co_await group.join();
        EXPECT_EQ(said, "done");
        EXPECT_FALSE(co_await is_active(set, tokens.access_key()));
        EXPECT_EQ(set.memory().token_count(), 0u);
    });
}

TEST_P(StoreConformance, WorkingSetAsksAgainOnceItsMemoryMayNotBeTrusted) {
    run([](Session& session) -> io::Task<void> {
        if (!session.here().keeps_tokens()) co_return;
        const SampleTokens tokens(any_tag(session), session.random(), session.now());
        TrustedSet here(session.here().shard, session.store(), settings, 1);
        TrustedSet there(session.here().shard, session.store(), settings, 2);
        co_await here.add_grant(tokens.new_tokens());
        EXPECT_TRUE(co_await is_active(there, tokens.access_key()));
        co_await here.revoke(tokens.tag, std::nullopt);
        there.on_trust(session.here().shard.now());
        EXPECT_EQ(there.find_access(tokens.access_digest), nullptr);
        EXPECT_FALSE(co_await is_active(there, tokens.access_key()));
    });
}

io::Task<void> note_active(WorkingSet& set, TokenKey key, bool& active) {
    active = co_await is_active(set, key);
}

TEST_P(StoreConformance, WorkingSetLoadsAFamilyOnceForAllWhoMissOnIt) {
    run([](Session& session) -> io::Task<void> {
        if (!session.here().keeps_tokens()) co_return;
        const SampleTokens tokens(any_tag(session), session.random(), session.now());
        co_await session.store().add_grant(tokens.new_tokens());
        const SampleTokens made_up(tokens.tag, session.random(), session.now());
        HeldBack store(session.here().shard, session.store());
        TrustedSet set(session.here().shard, store, settings, 1);
        io::TaskGroup group;
        std::array<bool, 60> active{};
        for (std::size_t i = 0; i < active.size(); ++i) {
            const SampleTokens& asked = i % 3 == 0 ? made_up : tokens;
            group.spawn(note_active(set, asked.access_key(), active[i]));
        }
        store.go.set();
        co_await group.join();
        for (std::size_t i = 0; i < active.size(); ++i) EXPECT_EQ(active[i], i % 3 != 0) << i;
        EXPECT_LE(store.loads, 2u) << "those who came later may not believe the first";
    });
}

io::Task<void> revoke(WorkingSet& set, token::GrantTag tag) {
    EXPECT_TRUE(co_await set.revoke(tag, std::nullopt));
}

TEST_P(StoreConformance, WorkingSetRevivesNothingThatIsReadWhileItIsRevoked) {
    run([](Session& session) -> io::Task<void> {
        if (!session.here().keeps_tokens()) co_return;
        const SampleTokens tokens(any_tag(session), session.random(), session.now());
        co_await session.store().add_grant(tokens.new_tokens());
        HeldBack store(session.here().shard, session.store());
        store.holds_revocations = true;
        TrustedSet set(session.here().shard, store, settings, 1);
        io::TaskGroup group;
        bool active = false;
        group.spawn(revoke(set, tokens.tag));
        group.spawn(note_active(set, tokens.access_key(), active));
        co_await session.wait(std::chrono::milliseconds{50});  // it is read, and not revoked yet
        store.go.set();
        co_await group.join();
        EXPECT_FALSE(co_await is_active(set, tokens.access_key()));
    });
}

TEST_P(StoreConformance, WorkingSetFindsWhatWasWrittenAfterALoadHadBegun) {
    run([](Session& session) -> io::Task<void> {
        if (!session.here().keeps_tokens()) co_return;
        const SampleTokens first(any_tag(session), session.random(), session.now());
        const SampleTokens later(first.tag, session.random(), session.now());
        co_await session.store().add_grant(first.new_tokens());
        HeldBack store(session.here().shard, session.store());
        TrustedSet set(session.here().shard, store, settings, 1);
        io::TaskGroup group;
        bool first_active = false;
        bool later_active = false;
        group.spawn(note_active(set, first.access_key(), first_active));
        while (store.loads == 0) co_await session.wait(std::chrono::milliseconds{1});
        co_await session.wait(std::chrono::milliseconds{50});  // it has read, and is held back
        co_await session.store().rotate(first.replaced(session.now()), later.new_tokens());
        group.spawn(note_active(set, later.access_key(), later_active));
        store.go.set();
        co_await group.join();
        EXPECT_TRUE(first_active);
        EXPECT_TRUE(later_active);
    });
}

TEST_P(StoreConformance, WorkingSetKeepsTheLatestAccessTokensOfABusyGrant) {
    run([](Session& session) -> io::Task<void> {
        const token::GrantTag tag = any_tag(session);
        TrustedSet set(session.here().shard, session.store(), settings, 1);
        std::vector<SampleTokens> all;
        all.emplace_back(tag, session.random(), session.now() - 1000);
        co_await set.add_grant(all.back().new_tokens());
        for (int i = 1; i < 300; ++i) {
            all.emplace_back(tag, session.random(), session.now() - 1000 + i);
            co_await set.rotate(all[all.size() - 2].replaced(session.now()),
                                all.back().new_tokens());
        }
        std::size_t active = 0;
        for (const SampleTokens& tokens : all) {
            active += co_await is_active(set, tokens.access_key());
        }
        EXPECT_LE(active, access_tokens_max);
        EXPECT_GE(active, access_tokens_max / 2);
        EXPECT_TRUE(co_await is_active(set, all.back().access_key()));
        EXPECT_TRUE(co_await is_active(set, all[all.size() - 20].access_key()));
        EXPECT_FALSE(co_await is_active(set, all.front().access_key()));
        EXPECT_TRUE(co_await is_current(set, all.back().refresh_key()));
    });
}

TEST_P(StoreConformance, WorkingSetOfASharedStoreTrustsNothingBeforeItIsTold) {
    run([](Session& session) -> io::Task<void> {
        const SampleTokens tokens(any_tag(session), session.random(), session.now());
        WorkingSet set(session.here().shard, session.store(), settings, 1);
        EXPECT_EQ(set.is_trusted(), !session.store().is_shared());
        co_await set.add_grant(tokens.new_tokens());
        EXPECT_EQ(set.find_access(tokens.access_digest) == nullptr, session.store().is_shared());
        EXPECT_TRUE(co_await is_active(set, tokens.access_key())) << "the store is asked";
        set.on_trust(session.here().shard.now() + std::chrono::seconds{9});
        EXPECT_NE(set.find_access(tokens.access_digest), nullptr);
    });
}

TEST_P(StoreConformance, WorkingSetReadsEachGrantAgainAfterRevocationsWereMissed) {
    run([](Session& session) -> io::Task<void> {
        if (!session.here().keeps_tokens()) co_return;
        const SampleTokens dead(any_tag(session), session.random(), session.now());
        const SampleTokens alive(any_tag(session), session.random(), session.now());
        TrustedSet here(session.here().shard, session.store(), settings, 1);
        TrustedSet there(session.here().shard, session.store(), settings, 2);
        for (const SampleTokens* tokens : {&dead, &alive}) {
            co_await here.add_grant(tokens->new_tokens());
            EXPECT_TRUE(co_await is_active(there, tokens->access_key()));
        }
        co_await here.revoke(dead.tag, std::nullopt);
        const auto& copies = there.memory().revocations(alive.tag);
        const std::uint64_t before = copies.load();
        there.on_gap();
        EXPECT_NE(copies.load(), before) << "copies on other shards end too";
        EXPECT_EQ(there.find_access(alive.access_digest), nullptr);
        EXPECT_FALSE(co_await is_active(there, dead.access_key()));
        EXPECT_TRUE(co_await is_active(there, alive.access_key()));
        EXPECT_NE(there.find_access(alive.access_digest), nullptr) << "it is in memory again";
        EXPECT_TRUE(co_await is_current(there, alive.refresh_key()));
    });
}

TEST_P(StoreConformance, WorkingSetStaysWithinItsBoundAndReadsTheRest) {
    run([](Session& session) -> io::Task<void> {
        if (!session.here().keeps_tokens()) co_return;
        WorkingSet::Settings small = settings;
        small.tokens_max = 300;
        TrustedSet set(session.here().shard, session.store(), small, 1);
        std::vector<SampleTokens> all;
        for (int i = 0; i < 1500; ++i) {
            all.emplace_back(any_tag(session), session.random(), session.now());
            co_await set.add_grant(all.back().new_tokens());
        }
        EXPECT_LT(set.memory().token_count(), 1400u);
        unsigned active = 0;
        unsigned current = 0;
        for (const SampleTokens& tokens : all) {
            active += co_await is_active(set, tokens.access_key());
            current += co_await is_current(set, tokens.refresh_key());
        }
        EXPECT_EQ(active, all.size());
        EXPECT_EQ(current, all.size());
    });
}

}  // namespace
}  // namespace sluice::storage::conformance
