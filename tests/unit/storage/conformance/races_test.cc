// Conformance: many at once, from two shards, over one thing that only one may have.
#include "tests/unit/storage/conformance/conformance.h"
#include "tests/unit/storage/conformance/samples.h"

namespace sluice::storage::conformance {
namespace {

using io::Task;
using std::chrono::minutes;
using token::GrantTag;

constexpr int rounds = 20;
constexpr unsigned racers = 48;

void expect_one_winner(const Race& race) {
    EXPECT_EQ(race.done, 1u);
    EXPECT_EQ(race.conflicts, racers - 1);
    EXPECT_EQ(race.errors, 0u);
}

TEST_P(StoreConformance, OneOfManyPutsSomethingNew) {
    run_on_two_shards([](Session& session) -> Task<void> {
        for (int round = 0; round < rounds; ++round) {
            const std::string key = "jti-" + std::to_string(round);
            const Race result = co_await race(session, racers, [&](Place& place, unsigned number) {
                return [](Store& store, std::string name,
                          std::string value) -> Task<StoreResult<Outcome>> {
                    const Document document{DocumentKind::assertion_id, name, value, minutes{5}};
                    co_return co_await store.put(document, PutMode::only_new);
                }(*place.store, key, std::to_string(number));
            });
            expect_one_winner(result);
        }
    });
}

TEST_P(StoreConformance, OneOfManyErases) {
    run_on_two_shards([](Session& session) -> Task<void> {
        for (int round = 0; round < rounds; ++round) {
            const DocumentKey key{DocumentKind::device_code, "device"};
            EXPECT_EQ(co_await put(session.store(), {key.kind, key.key, "x", minutes{5}}), "done");
            const Race result = co_await race(
                session, racers, [&](Place& place, unsigned) { return place.store->erase(key); });
            expect_one_winner(result);
        }
    });
}

TEST_P(StoreConformance, OneOfManyRedeemsACode) {
    run_on_two_shards([](Session& session) -> Task<void> {
        for (int round = 0; round < rounds; ++round) {
            std::vector<SampleTokens> tokens;
            for (unsigned i = 0; i < racers; ++i) {
                const auto tag = static_cast<std::uint64_t>(round) * 1000 + i;
                tokens.emplace_back(GrantTag(tag), session.random(), session.now());
            }
            const DocumentKey code{DocumentKind::authorization_code, "code"};
            EXPECT_EQ(co_await put(session.store(), {code.kind, code.key, "x", minutes{5}}),
                      "done");
            const Race result = co_await race(session, racers, [&](Place& place, unsigned number) {
                return [](Store& store, DocumentKey from, SampleTokens sample,
                          std::string who) -> Task<StoreResult<Outcome>> {
                    const Document redeemed{DocumentKind::redeemed_code, from.key, who, minutes{5}};
                    co_return co_await store.redeem(from, redeemed, sample.new_tokens());
                }(*place.store, code, tokens[number], std::to_string(number));
            });
            expect_one_winner(result);
            if (!session.here().keeps_tokens()) continue;
            const std::string who =
                co_await get(session.store(), DocumentKind::redeemed_code, code.key);
            for (unsigned i = 0; i < racers; ++i) {
                const Family family = co_await load(session.store(), tokens[i].access_key());
                EXPECT_EQ(family.access.size(), std::to_string(i) == who ? 1u : 0u);
            }
        }
    });
}

TEST_P(StoreConformance, OneOfManyRotates) {
    run_on_two_shards([](Session& session) -> Task<void> {
        if (!session.here().keeps_tokens()) co_return;
        const std::int64_t now = session.now();
        for (int round = 0; round < rounds; ++round) {
            const GrantTag tag(static_cast<std::uint64_t>(round));
            const SampleTokens first(tag, session.random(), now);
            std::vector<SampleTokens> next;
            for (unsigned i = 0; i < racers; ++i) next.emplace_back(tag, session.random(), now);
            EXPECT_EQ(outcome(co_await session.store().add_grant(first.new_tokens())), "done");
            const Race result = co_await race(session, racers, [&](Place& place, unsigned number) {
                return [](Store& store, const SampleTokens* from, const SampleTokens* to,
                          std::int64_t at) -> Task<StoreResult<Outcome>> {
                    const Replaced replaced = from->replaced(at);
                    co_return co_await store.rotate(replaced, to->new_tokens());
                }(*place.store, &first, &next[number], now);
            });
            expect_one_winner(result);
            const Family family = co_await load(session.store(), first.refresh_key());
            EXPECT_EQ(family.refresh.size(), 2u);
            EXPECT_EQ(family.access.size(), 2u);
        }
    });
}

TEST_P(StoreConformance, OneOfManyGrantsHasTheTag) {
    run_on_two_shards([](Session& session) -> Task<void> {
        if (!session.here().keeps_tokens()) co_return;
        for (int round = 0; round < rounds; ++round) {
            const GrantTag tag(static_cast<std::uint64_t>(round));
            std::vector<SampleTokens> all;
            for (unsigned i = 0; i < racers; ++i) {
                all.emplace_back(tag, session.random(), session.now());
            }
            const Race result = co_await race(session, racers, [&](Place& place, unsigned number) {
                return [](Store& store, const SampleTokens* own) -> Task<StoreResult<Outcome>> {
                    co_return co_await store.add_grant(own->new_tokens());
                }(*place.store, &all[number]);
            });
            expect_one_winner(result);
        }
    });
}

TEST_P(StoreConformance, NothingThatRacesARevocationOutlivesIt) {
    run_on_two_shards([](Session& session) -> Task<void> {
        if (!session.here().keeps_tokens()) co_return;
        const std::int64_t now = session.now();
        for (int round = 0; round < rounds; ++round) {
            const GrantTag tag(static_cast<std::uint64_t>(round));
            const SampleTokens first(tag, session.random(), now);
            std::vector<SampleTokens> more;
            for (unsigned i = 0; i < racers; ++i) {
                more.emplace_back(tag, session.random(), now, SampleTokens::Kind::access_alone);
            }
            EXPECT_EQ(outcome(co_await session.store().add_grant(first.new_tokens())), "done");
            const Race result = co_await race(session, racers, [&](Place& place, unsigned number) {
                return [](Store& store, const SampleTokens* own,
                          bool revokes) -> Task<StoreResult<Outcome>> {
                    if (!revokes) co_return co_await store.add_access(own->new_tokens());
                    const StoreResult<> revoked = co_await store.revoke(own->tag);
                    EXPECT_TRUE(revoked);
                    co_return Outcome::done;
                }(*place.store, &more[number], number == racers / 2);
            });
            EXPECT_EQ(result.errors, 0u);
            EXPECT_GE(result.done, 1u);
            const Family family = co_await load(session.store(), first.access_key());
            EXPECT_TRUE(family.access.empty() && family.refresh.empty());
        }
    });
}

TEST_P(StoreConformance, ManyDifferentWritesAtOnceAllHappen) {
    run_on_two_shards([](Session& session) -> Task<void> {
        std::vector<SampleTokens> all;
        for (unsigned i = 0; i < 600; ++i) {
            all.emplace_back(GrantTag(i * 7919u), session.random(), session.now());
        }
        const Race result = co_await race(session, 600, [&](Place& place, unsigned number) {
            return [](Store& store, const SampleTokens* own) -> Task<StoreResult<Outcome>> {
                co_return co_await store.add_grant(own->new_tokens());
            }(*place.store, &all[number]);
        });
        EXPECT_EQ(result.done, 600u);
        if (!session.here().keeps_tokens()) co_return;
        for (const SampleTokens& one : all) {
            const Family family = co_await load(session.store(), one.refresh_key());
            EXPECT_NE(find(family.access, one.access_digest), nullptr);
            EXPECT_EQ(family.refresh.size(), 1u);
        }
    });
}

}  // namespace
}  // namespace sluice::storage::conformance
