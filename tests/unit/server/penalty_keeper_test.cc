// Penalties, kept in storage.
#include "server/storage/penalty_keeper.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "io/event.h"
#include "io/task_group.h"
#include "server/storage/penalty_document.h"
#include "tests/support/simulation.h"
#include "tests/unit/server/documents_store.h"

namespace sluice::server::testing {
namespace {

using namespace std::chrono_literals;
using simulation::Simulation;

resource::Settings settings_with_friction() {
    friction::RawFrictionConfig raw;
    raw.warmup_calls = 0;
    raw.adjustment_rate = 1.0;
    raw.time_decay_rate = 0;
    raw.tools.push_back({.name = "delete_note", .target_rate = 0.03});
    resource::Settings settings;
    settings.resources.push_back(
        {.path = "/mcp",
         .identifier = token::ResourceIdentifier::parse("https://box.example/mcp").value(),
         .name = "Notes",
         .issuer = "https://box.example",
         .upstream = "http://127.0.0.1:9/mcp"});
    settings.resources.back().friction =
        std::make_shared<const friction::FrictionConfig>(friction::validate(raw).value());
    return settings;
}

resource::CallerKey caller(std::string_view subject) {
    return resource::CallerKey::of("https://box.example", "agent", subject);
}

/// One life of a process: its shards' guards, and a keeper for each, over a store that stays.
class Life {
public:
    Life(DocumentsStore& store, const resource::Settings& settings, unsigned shards = 2)
        : sim_(1, shards) {
        for (unsigned i = 0; i < shards; ++i) {
            guards_.push_back(std::make_unique<resource::Guard>(settings, sim_.shard(i).random()));
            sharded_.set(i, *guards_.back());
        }
        for (unsigned i = 0; i < shards; ++i) {
            keepers_.push_back(std::make_unique<PenaltyKeeper>(
                PenaltyKeeper::Parts{sim_.shard(i), store, settings, sharded_, *guards_[i]}));
        }
        tool_ = settings.resources[0].friction->tool("delete_note");
    }

    /// Runs the keepers while `client` runs on a shard of its own; stops them in order.
    bool run(Simulation::Client client) {
        sim_.start([this](io::Shard& shard, io::Event& stop) { return keep(shard, stop); });
        sim_.start_client(std::move(client));
        return sim_.run();
    }

    friction::Admission call(const resource::CallerKey& by) {
        return guard_of(by).admit(0, by, *tool_, sim_.clock().monotonic());
    }
    bool blocked(const resource::CallerKey& by) { return !call(by).forward; }
    void overuse(const resource::CallerKey& by) {
        while (!blocked(by)) continue;
    }
    resource::Guard& guard_of(const resource::CallerKey& by) {
        return *guards_[by.owner(static_cast<unsigned>(guards_.size()))];
    }
    Simulation& sim() { return sim_; }

private:
    io::Task<void> keep(io::Shard& shard, io::Event& stop) {
        PenaltyKeeper& keeper = *keepers_[shard.index()];
        io::CancelScope scope;
        io::TaskGroup tasks;
        if (shard.index() == 0) tasks.spawn(keeper.load(scope));
        tasks.spawn(keeper.run(scope));
        co_await stop.wait();
        scope.cancel();
        co_await tasks.join();
    }

    std::vector<std::unique_ptr<resource::Guard>> guards_;
    io::Sharded<resource::Guard> sharded_;
    std::vector<std::unique_ptr<PenaltyKeeper>> keepers_;
    std::optional<friction::ToolId> tool_;
    Simulation sim_;
};

TEST(PenaltyKeeper, ABlockedCallerStaysBlockedAfterARestart) {
    DocumentsStore store;
    const resource::Settings settings = settings_with_friction();
    {
        Life life(store, settings);
        EXPECT_TRUE(life.run([&](io::Shard& shard) -> io::Task<void> {
            for (const char* subject : {"alice", "bob", "carol", "dave"}) {
                life.overuse(caller(subject));
            }
            co_await io::Sleep(shard, PenaltyKeeper::interval + 10ms);
            EXPECT_EQ(store.documents.size(), 4U);
        }));
    }
    Life life(store, settings, 3);
    EXPECT_TRUE(life.run([&](io::Shard& shard) -> io::Task<void> {
        co_await io::Sleep(shard, 10ms);
        for (const char* subject : {"alice", "bob", "carol", "dave"}) {
            EXPECT_TRUE(life.blocked(caller(subject))) << subject;
        }
        EXPECT_FALSE(life.blocked(caller("erin")));
    }));
}

TEST(PenaltyKeeper, WritesAtTheEndWhatTheIntervalHasNotYet) {
    DocumentsStore store;
    const resource::Settings settings = settings_with_friction();
    Life life(store, settings);
    EXPECT_TRUE(life.run([&](io::Shard&) -> io::Task<void> {
        life.overuse(caller("alice"));
        co_return;
    }));
    EXPECT_EQ(store.documents.size(), 1U);
}

TEST(PenaltyKeeper, WritesOnlyWhatChanged) {
    DocumentsStore store;
    const resource::Settings settings = settings_with_friction();
    Life life(store, settings);
    EXPECT_TRUE(life.run([&](io::Shard& shard) -> io::Task<void> {
        life.overuse(caller("alice"));
        for (int i = 0; i < 5; ++i) {
            co_await io::Sleep(shard, PenaltyKeeper::interval);
            EXPECT_TRUE(life.blocked(caller("alice")));
        }
        EXPECT_EQ(store.writes, 1);
    }));
    EXPECT_EQ(store.writes, 1);
}

TEST(PenaltyKeeper, ForgivingReachesStorage) {
    DocumentsStore store;
    const resource::Settings settings = settings_with_friction();
    Life life(store, settings);
    EXPECT_TRUE(life.run([&](io::Shard& shard) -> io::Task<void> {
        life.overuse(caller("alice"));
        co_await io::Sleep(shard, PenaltyKeeper::interval + 10ms);
        EXPECT_EQ(store.documents.size(), 1U);
        EXPECT_TRUE(life.guard_of(caller("alice")).forgive(0, caller("alice")));
        co_await io::Sleep(shard, PenaltyKeeper::interval + 10ms);
        EXPECT_EQ(store.documents.size(), 0U);
    }));
}

TEST(PenaltyKeeper, TriesAgainWhenTheStoreIsBack) {
    DocumentsStore store;
    const resource::Settings settings = settings_with_friction();
    store.away = true;
    Life life(store, settings);
    EXPECT_TRUE(life.run([&](io::Shard& shard) -> io::Task<void> {
        life.overuse(caller("alice"));
        co_await io::Sleep(shard, 3 * PenaltyKeeper::interval);
        EXPECT_EQ(store.documents.size(), 0U);
        store.away = false;
        co_await io::Sleep(shard, PenaltyKeeper::interval + 10ms);
        EXPECT_EQ(store.documents.size(), 1U);
    }));
}

TEST(PenaltyDocument, ComesBackAtTheSameMomentOfAnotherClock) {
    const resource::Settings settings = settings_with_friction();
    const friction::FrictionConfig& config = *settings.resources[0].friction;
    const ClockPair then{MonotonicTime{100s}, WallTime{1'790'000'000s}};
    const friction::Penalty penalty{.last_call = friction::Moment(90.5),
                                    .tools = {{config.tool("delete_note"), 0.75}}};
    const std::string value = penalty_value(penalty, config, then);
    EXPECT_EQ(value, R"({"last_call":1789999990.5,"tools":{"delete_note":0.75}})");
    const ClockPair later{MonotonicTime{7s}, WallTime{1'790'000'020s}};
    const auto read = parse_penalty(value, config, later);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->last_call, friction::Moment(7 - 29.5));
    EXPECT_EQ(read->tools, penalty.tools);
}

TEST(PenaltyDocument, OfToolsThatAreGoneOrOfNonsenseOwesNothing) {
    const resource::Settings settings = settings_with_friction();
    const friction::FrictionConfig& config = *settings.resources[0].friction;
    const ClockPair now{MonotonicTime{100s}, WallTime{1'790'000'000s}};
    const auto tools_in = [&](std::string_view value) {
        const auto penalty = parse_penalty(value, config, now);
        return penalty ? static_cast<int>(penalty->tools.size()) : -1;
    };
    EXPECT_EQ(tools_in(R"({"last_call":1,"tools":{"gone":0.5,"delete_note":0.5}})"), 1);
    EXPECT_EQ(tools_in(R"({"last_call":1,"tools":{"delete_note":2}})"), 0);
    EXPECT_EQ(tools_in(R"({"last_call":"x","tools":{}})"), -1);
    EXPECT_EQ(tools_in("{"), -1);
}

TEST(PenaltyDocument, HasAKeyThatNamesResourceAndCaller) {
    const std::string key = penalty_key("/mcp", caller("alice"));
    EXPECT_TRUE(key.starts_with("/mcp ")) << key;
    const auto name = parse_penalty_key(key);
    ASSERT_TRUE(name);
    EXPECT_EQ(name->resource, "/mcp");
    EXPECT_EQ(name->caller, caller("alice"));
    EXPECT_LE(penalty_key(std::string(2000, 'x'), caller("alice")).size(), 512U);
    EXPECT_FALSE(parse_penalty_key("/mcp short"));
    EXPECT_FALSE(parse_penalty_key(""));
}

}  // namespace
}  // namespace sluice::server::testing
