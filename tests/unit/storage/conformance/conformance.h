// The conformance suite of storage::Store: what every engine has to do, whatever it keeps things
// in.
//
// An engine joins with one file in this folder. It derives a Subject, which knows how to open the
// engine on data of its own, and registers a function that makes one:
//
//     class PostgresSubject final : public Subject { ... };
//     INSTANTIATE_TEST_SUITE_P(Postgres, StoreConformance, testing::Values(make<PostgresSubject>));
//
// Every test gets a new Subject, so its data are fresh; dropping it removes them. What an engine
// cannot do is said by the functions of Subject, and the tests that need it are skipped.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "io/event.h"
#include "io/sharded.h"
#include "io/task_group.h"
#include "storage/store.h"

namespace sluice::storage::conformance {

/// Real time and what a test adds to it. For any thread.
class TestClock final : public Clock {
public:
    MonotonicTime monotonic() override { return std::chrono::steady_clock::now() + ahead(); }
    WallTime wall() override {
        return std::chrono::system_clock::now() + ahead() - Duration{set_back_.load()};
    }
    void advance(Duration by) { ahead_ += by.count(); }
    void set_wall_back(Duration by) { set_back_ += by.count(); }

private:
    Duration ahead() const { return Duration{ahead_.load()}; }
    std::atomic<Duration::rep> ahead_ = 0;
    std::atomic<Duration::rep> set_back_ = 0;
};

/// The data of one test, and how to open the engine on them.
class Subject {
public:
    virtual ~Subject() = default;
    /// The engine on this subject's data: empty at first, and what earlier engines left later.
    /// clock  Runs ahead of real time where a test says so; the shards go by it too.
    virtual std::expected<std::unique_ptr<Engine>, std::string> open(Clock& clock) = 0;
    /// Whether what was written is there when the engine was dropped and opened again.
    virtual bool outlives_its_engine() const { return true; }
    /// Whether two engines may be open on the same data at once, as on two boxes.
    virtual bool can_be_shared() const { return false; }
    /// Whether lifetimes go by the clock that open() gets; where not, tests wait in real time.
    virtual bool follows_the_clock() const { return true; }
};

using MakeSubject = std::unique_ptr<Subject> (*)();
template <class AnySubject>
std::unique_ptr<Subject> make() {
    return std::make_unique<AnySubject>();
}

/// What a store told its listener.
class Listener final : public StoreListener {
public:
    void on_revoked(token::GrantTag tag) override { revoked.push_back(tag); }
    void on_trust(MonotonicTime) override {}
    void on_gap() override {}
    void on_feed(bool, std::string_view) override {}
    void on_state(StoreState state, std::string_view) override { states.push_back(state); }

    std::vector<token::GrantTag> revoked;
    std::vector<StoreState> states;
};

/// One shard's store. Shard and store are touched on that shard alone.
struct Place {
    io::Shard& shard;
    std::unique_ptr<Store> store;
    Listener listener;
    bool keeps_tokens() const { return !store->keeps_nothing(); }
};

/// What a test's coroutine, which runs on shard 0, works with.
class Session {
public:
    Session(const io::Sharded<Place>& places, Place& here, TestClock& clock, bool follows_the_clock)
        : places_(places), here_(here), clock_(clock), follows_the_clock_(follows_the_clock) {}

    Store& store() { return *here_.store; }
    Place& here() { return here_; }
    Random& random() { return here_.shard.random(); }
    unsigned shards() const { return places_.count(); }
    std::int64_t now() { return numeric_date(clock_.wall()); }

    /// `work(Place&)`, a coroutine, on another shard (or this one); what it refers to lives here.
    template <class Work>
    auto on(unsigned shard, Work work) {
        return places_.run(here_.shard, shard, std::move(work));
    }
    /// Lets time pass for the engine: at once where it goes by the clock.
    io::Task<void> pass(Duration time);
    /// Sets the wall clock back, as an operator does. False where the engine has its own.
    io::Task<bool> set_wall_back(Duration by);
    io::Task<void> wait(Duration time) { co_await io::Sleep(here_.shard, time); }

private:
    const io::Sharded<Place>& places_;
    Place& here_;
    TestClock& clock_;
    bool follows_the_clock_;
};

using Script = std::function<io::Task<void>(Session&)>;

/// Runs `script` on shard 0; shard i has a store of engine i, round and round. It returns when
/// every store has ended; the engines stay open.
void run_script(const std::vector<Engine*>& engines, unsigned shards, TestClock& clock,
                bool follows_the_clock, const Script& script);

class StoreConformance : public testing::TestWithParam<MakeSubject> {
protected:
    Subject& subject() { return *subject_; }

    /// Opens the engine, runs `script` on shard 0 of one shard, and closes the engine: two calls in
    /// a test are a restart between them.
    void run(const Script& script) { run_on(1, 1, script); }
    void run_on_two_shards(const Script& script) { run_on(2, 1, script); }
    /// Shard 0 has a store of one engine, shard 1 of another, both on the same data.
    void run_on_two_engines(const Script& script) { run_on(2, 2, script); }

    TestClock clock;

private:
    void run_on(unsigned shards, unsigned engines, const Script& script);
    std::unique_ptr<Subject> subject_ = GetParam()();
};

/// How many of `count` attempts at once, spread over all shards, ended how.
struct Race {
    unsigned done = 0;
    unsigned conflicts = 0;
    unsigned errors = 0;
};
using Attempt = std::function<io::Task<StoreResult<Outcome>>(Place&, unsigned number)>;
io::Task<Race> race(Session& session, unsigned count, const Attempt& attempt);

}  // namespace sluice::storage::conformance
