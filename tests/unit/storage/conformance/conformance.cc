#include "tests/unit/storage/conformance/conformance.h"

#include <unistd.h>

#include "io/runtime.h"

namespace sluice::storage::conformance {
namespace {

using std::chrono::milliseconds;

/// An engine may be away at first; scripts begin when it is not.
io::Task<void> wait_until_available(Place& place) {
    for (int i = 0; i < 10'000 && place.store->state() == StoreState::away; ++i) {
        co_await io::Sleep(place.shard, milliseconds{1});
    }
}

io::Task<void> shard_root(Place& place, io::Event& stop, Session* session, const Script& script,
                          std::atomic<bool>& finished) {
    io::CancelScope scope;
    io::TaskGroup group;
    group.spawn(place.store->run(scope));
    if (session != nullptr) {
        for (unsigned i = 0; i < session->shards(); ++i) {
            co_await session->on(i, wait_until_available);
        }
        co_await script(*session);
        finished = true;
    }
    co_await stop.wait();
    scope.cancel();
    co_await group.join();
}

io::Task<void> attempt_once(const Attempt* attempt, Place* place, unsigned number, Race* race) {
    const StoreResult<Outcome> outcome = co_await (*attempt)(*place, number);
    if (!outcome) {
        ++race->errors;
    } else {
        ++(*outcome == Outcome::done ? race->done : race->conflicts);
    }
}

io::Task<void> race_on_one_shard(Session* session, unsigned shard, unsigned count,
                                 const Attempt* attempt, Race* total) {
    const Race race = co_await session->on(shard, [=](Place& place) -> io::Task<Race> {
        Race here;
        io::TaskGroup group;
        for (unsigned i = 0; i < count; ++i) {
            group.spawn(attempt_once(attempt, &place, shard + i * session->shards(), &here));
        }
        co_await group.join();
        co_return here;
    });
    total->done += race.done;
    total->conflicts += race.conflicts;
    total->errors += race.errors;
}

}  // namespace

// The suite alone is no test.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoreConformance);

io::Task<void> Session::pass(Duration time) {
    if (follows_the_clock_) {
        clock_.advance(time);
        time = milliseconds{2};  // a turn of the shard, which reads the clock once a turn
    }
    co_await wait(time);
}

io::Task<bool> Session::set_wall_back(Duration by) {
    if (!follows_the_clock_) co_return false;
    clock_.set_wall_back(by);
    co_await wait(milliseconds{2});
    co_return true;
}

void run_script(const std::vector<Engine*>& engines, unsigned shards, TestClock& clock,
                bool follows_the_clock, const Script& script) {
    auto runtime = io::Runtime::create(shards, {}, clock);
    ASSERT_TRUE(runtime) << runtime.error();
    std::vector<std::unique_ptr<Place>> owners;
    io::Sharded<Place> places;
    for (unsigned i = 0; i < shards; ++i) {
        io::Shard& shard = (*runtime)->shard(i);
        owners.push_back(std::make_unique<Place>(shard, engines[i % engines.size()]->open(shard)));
        owners.back()->store->listen(owners.back()->listener);
        places.set(i, *owners.back());
    }
    Session session(places, *owners[0], clock, follows_the_clock);
    std::atomic<bool> finished = false;
    (*runtime)->start([&](io::Shard& shard, io::Event& stop) {
        Session* const first = shard.index() == 0 ? &session : nullptr;
        return shard_root(*owners[shard.index()], stop, first, script, finished);
    });
    while (!finished) usleep(1000);
    (*runtime)->request_stop();
    (*runtime)->join();
    owners.clear();
}

void StoreConformance::run_on(unsigned shards, unsigned engine_count, const Script& script) {
    std::vector<std::unique_ptr<Engine>> engines;
    std::vector<Engine*> views;
    for (unsigned i = 0; i < engine_count; ++i) {
        auto engine = subject_->open(clock);
        ASSERT_TRUE(engine) << engine.error();
        engines.push_back(*std::move(engine));
        views.push_back(engines.back().get());
    }
    run_script(views, shards, clock, subject_->follows_the_clock(), script);
}

io::Task<Race> race(Session& session, unsigned count, const Attempt& attempt) {
    Race total;
    io::TaskGroup group;
    for (unsigned shard = 0; shard < session.shards(); ++shard) {
        const unsigned here = count / session.shards();
        group.spawn(race_on_one_shard(&session, shard, here, &attempt, &total));
    }
    co_await group.join();
    co_return total;
}

}  // namespace sluice::storage::conformance
