// Conformance: long random sequences of operations beside a model that is a few maps.
#include <cstdlib>
#include <map>
#include <set>

#include "tests/support/dice.h"
#include "tests/unit/storage/conformance/conformance.h"
#include "tests/unit/storage/conformance/samples.h"

namespace sluice::storage::conformance {
namespace {

using io::Task;
using simulation::Dice;
using std::chrono::seconds;
using token::GrantTag;

constexpr int steps = 700;
// Lifetimes and the steps of time have no common multiple nearby, so that no deadline is ever close
// to the moment of a question, however slow the machine is.
constexpr seconds lifetime{100};
constexpr seconds step_of_time{30};

/// What the engine should hold. Times are the clock's, in seconds since 1970.
class Model {
public:
    struct Stored {
        std::string value;
        std::int64_t expires_at;
    };
    struct Token {
        SampleTokens sample;
        std::int64_t rotated_at = 0;
        bool may_be_gone = false;  // replaced long ago
    };
    using Key = std::pair<DocumentKind, std::string>;

    void forget_expired(std::int64_t now) {
        std::erase_if(documents, [&](const auto& each) { return each.second.expires_at <= now; });
        for (auto& [tag, tokens] : grants) {
            std::erase_if(tokens,
                          [&](const Token& each) { return each.sample.access_expires_at <= now; });
        }
        std::erase_if(grants, [](const auto& each) { return each.second.empty(); });
    }

    std::map<Key, Stored> documents;
    std::map<std::uint64_t, std::vector<Token>> grants;
    std::set<std::uint64_t> used_tags;  // by a grant that was not revoked since
};

class Walk {
public:
    Walk(Session& session, Model& model, Dice& dice)
        : session_(session), model_(model), dice_(dice) {}

    Task<void> run(bool with_tokens) {
        for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
            model_.forget_expired(session_.now());
            const auto shard = static_cast<unsigned>(dice_.below(session_.shards()));
            co_await session_.on(shard, [&](Place& place) -> Task<void> {
                co_await step(*place.store, with_tokens);
            });
            if (dice_.chance(30)) co_await session_.pass(step_of_time);
        }
    }

private:
    Task<void> step(Store& store, bool with_tokens) {
        switch (dice_.below(with_tokens ? 11 : 5)) {
            case 0:
                co_return co_await put_any(store, PutMode::replace);
            case 1:
                co_return co_await put_any(store, PutMode::only_new);
            case 2:
                co_return co_await erase_any(store);
            case 3:
                co_return co_await get_any(store);
            case 4:
                co_return co_await list_any(store);
            case 5:
                co_return co_await add_grant(store);
            case 6:
                co_return co_await redeem(store);
            case 7:
                co_return co_await add_access(store);
            case 8:
                co_return co_await revoke(store);
            case 9:
                co_return co_await rotate(store);
            default:
                co_return co_await compare_family(store);
        }
    }

    Model::Key any_key() {
        const DocumentKind kinds[] = {DocumentKind::client, DocumentKind::authorization_code};
        return {kinds[dice_.below(2)], "key-" + std::to_string(dice_.below(6))};
    }
    GrantTag any_tag() { return GrantTag(dice_.below(5)); }
    SampleTokens any_tokens(GrantTag tag, SampleTokens::Kind kind) {
        SampleTokens sample(tag, session_.random(), session_.now(), kind);
        sample.access_expires_at = sample.refresh_expires_at = sample.issued_at + lifetime.count();
        return sample;
    }
    SampleTokens any_tokens(GrantTag tag) {
        return any_tokens(tag, dice_.chance(600) ? SampleTokens::Kind::with_refresh
                                                 : SampleTokens::Kind::access_alone);
    }
    static std::string expected(bool done) { return done ? "done" : "conflict"; }

    Task<void> put_any(Store& store, PutMode mode) {
        const Model::Key key = any_key();
        const std::string value = std::to_string(dice_.next());
        const Duration life = dice_.chance(500) ? Duration{lifetime} : Duration{};
        const bool done = mode == PutMode::replace || !model_.documents.contains(key);
        const Document document{key.first, key.second, value, life};
        EXPECT_EQ(outcome(co_await store.put(document, mode)), expected(done));
        if (!done) co_return;
        const std::int64_t end = session_.now() + lifetime.count();
        model_.documents[key] = {value, life > Duration{} ? end : INT64_MAX};
    }
    Task<void> erase_any(Store& store) {
        const Model::Key key = any_key();
        const bool done = model_.documents.erase(key) != 0;
        EXPECT_EQ(co_await erase(store, key.first, key.second), expected(done));
    }
    Task<void> get_any(Store& store) {
        const Model::Key key = any_key();
        const auto place = model_.documents.find(key);
        EXPECT_EQ(co_await get(store, key.first, key.second),
                  place == model_.documents.end() ? "(nothing)" : place->second.value);
    }
    Task<void> list_any(Store& store) {
        const Model::Key after = any_key();
        const std::size_t count_max = 1 + dice_.below(4);
        std::string wanted;
        std::size_t count = 0;
        for (auto place = model_.documents.upper_bound(after);
             place != model_.documents.end() && place->first.first == after.first; ++place) {
            if (count++ == count_max) break;
            wanted += (wanted.empty() ? "" : " ") + place->first.second;
        }
        EXPECT_EQ(co_await keys(store, after.first, after.second, count_max), wanted);
    }

    Task<void> add_grant(Store& store) {
        const SampleTokens sample = any_tokens(any_tag());
        const bool done = !model_.grants.contains(sample.tag.value());
        // Whether the tag of a grant that has expired is taken is the engine's affair.
        if (done && model_.used_tags.contains(sample.tag.value())) co_return;
        EXPECT_EQ(outcome(co_await store.add_grant(sample.new_tokens())), expected(done));
        if (done) add(sample);
    }
    Task<void> redeem(Store& store) {
        const SampleTokens sample = any_tokens(any_tag());
        if (model_.used_tags.contains(sample.tag.value())) co_return;
        const Model::Key code{DocumentKind::authorization_code, any_key().second};
        const Model::Key mark{DocumentKind::redeemed_code, code.second};
        const bool done = model_.documents.erase(code) != 0;
        const DocumentKey key{code.first, code.second};
        const Document redeemed{mark.first, mark.second, "mark", Duration{}};
        EXPECT_EQ(outcome(co_await store.redeem(key, redeemed, sample.new_tokens())),
                  expected(done));
        if (!done) co_return;
        model_.documents[mark] = {"mark", INT64_MAX};
        add(sample);
    }
    Task<void> add_access(Store& store) {
        const SampleTokens sample = any_tokens(any_tag(), SampleTokens::Kind::access_alone);
        const bool done = model_.grants.contains(sample.tag.value());
        EXPECT_EQ(outcome(co_await store.add_access(sample.new_tokens())), expected(done));
        if (done) add(sample);
    }
    Task<void> revoke(Store& store) {
        if (!dice_.chance(400)) co_return;
        const GrantTag tag = any_tag();
        EXPECT_TRUE(co_await store.revoke(tag));
        model_.grants.erase(tag.value());
        model_.used_tags.erase(tag.value());
    }
    Task<void> rotate(Store& store) {
        const SampleTokens next = any_tokens(any_tag(), SampleTokens::Kind::with_refresh);
        const auto grant = model_.grants.find(next.tag.value());
        if (grant == model_.grants.end()) co_return;
        Model::Token& old = grant->second[dice_.below(grant->second.size())];
        const bool done = old.sample.kind == SampleTokens::Kind::with_refresh &&
                          old.rotated_at == 0 && !old.may_be_gone;
        const std::int64_t now = session_.now();
        const Replaced replaced = old.sample.replaced(now, now - 15);
        EXPECT_EQ(outcome(co_await store.rotate(replaced, next.new_tokens())), expected(done));
        if (!done) co_return;
        for (Model::Token& token : grant->second) {
            token.may_be_gone |= token.rotated_at != 0 && token.rotated_at < now - 15;
        }
        old.rotated_at = now;
        add(next);
    }
    Task<void> compare_family(Store& store) {
        const GrantTag tag = any_tag();
        const auto grant = model_.grants.find(tag.value());
        if (grant == model_.grants.end()) co_return;
        const SampleTokens& presented = grant->second.back().sample;
        const Family family = co_await load(store, presented.access_key());
        EXPECT_EQ(family.access.size(), grant->second.size());
        std::size_t refresh_tokens = 0;
        for (const Model::Token& token : grant->second) {
            EXPECT_NE(find(family.access, token.sample.access_digest), nullptr);
            const StoredToken* stored = find(family.refresh, token.sample.refresh_digest);
            refresh_tokens += stored != nullptr;
            if (stored != nullptr) EXPECT_EQ(stored->rotated_at, token.rotated_at);
            const bool must_be_there =
                token.sample.kind == SampleTokens::Kind::with_refresh && !token.may_be_gone;
            if (must_be_there) EXPECT_NE(stored, nullptr);
        }
        EXPECT_EQ(family.refresh.size(), refresh_tokens);
    }

    void add(const SampleTokens& sample) {
        model_.grants[sample.tag.value()].push_back({sample});
        model_.used_tags.insert(sample.tag.value());
    }

    Session& session_;
    Model& model_;
    Dice& dice_;
};

TEST_P(StoreConformance, RandomOperationsGoAsInTheModel) {
    const char* const wanted = std::getenv("SLUICE_SEED");
    const std::uint64_t seed = wanted != nullptr ? std::stoull(wanted) : SystemRandom().next_u64();
    Dice dice(seed);
    Model model;
    const int restarts = subject().outlives_its_engine() ? 3 : 1;
    for (int i = 0; i < restarts && !HasFailure(); ++i) {
        run_on_two_shards([&](Session& session) -> Task<void> {
            Walk walk(session, model, dice);
            co_await walk.run(session.here().keeps_tokens());
        });
    }
    if (HasFailure()) ADD_FAILURE() << "again with SLUICE_SEED=" << seed;
}

}  // namespace
}  // namespace sluice::storage::conformance
