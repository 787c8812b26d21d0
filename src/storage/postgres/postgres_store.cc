#include "storage/postgres/postgres_store.h"

#include "io/task_group.h"
#include "storage/backoff.h"
#include "storage/postgres/revocation_feed.h"

namespace sluice::storage::postgres {
namespace {

constexpr Duration cleaning_interval = std::chrono::minutes{1};

}  // namespace

PostgresStore::PostgresStore(io::Shard& shard, EngineParts& engine)
    : shard_(shard),
      engine_(engine),
      queue_(shard, engine.settings.waiting_max, engine.settings.statement_timeout),
      never_(shard) {
    for (unsigned i = 0; i < engine.settings.connections_per_shard; ++i) {
        connections_.emplace_back(
            shard, queue_,
            Connection::Options{engine.settings.statement_timeout, engine.settings.plain_tokens});
    }
}

PostgresStore::~PostgresStore() {
    engine_.ports[shard_.index()].listener = nullptr;
}

void PostgresStore::listen(StoreListener& listener) {
    StoreListener*& told = engine_.ports[shard_.index()].listener;
    CHECK(told == nullptr, "somebody listens already");
    told = &listener;
}

StoreState PostgresStore::state() const {
    return queue_.connections() > 0 ? StoreState::available : StoreState::away;
}

io::Task<void> PostgresStore::run(io::CancelScope& scope) {
    io::CancelScope working;  // goes on after `scope` until what was asked for has an answer
    io::TaskGroup group;
    RevocationFeed feed(shard_, engine_);
    for (Connection& connection : connections_) {
        group.spawn(keep_connected(connection, working));
    }
    group.spawn(dispatch(working));
    if (shard_.index() == engine_.first_shard()) {
        group.spawn(feed.run(working));
        group.spawn(keep_clean(working));
    }
    co_await never_.wait(&scope);
    co_await queue_.drained();
    engine_.stopping = true;
    working.cancel();
    co_await group.join();
}

io::Task<void> PostgresStore::keep_connected(Connection& connection, io::CancelScope& scope) {
    Backoff backoff;
    while (!scope.cancelled()) {
        auto opened = co_await engine_.pool.run(
            shard_, [&connector = engine_.connector] { return connector.open_for_calls(); });
        CHECK(opened.has_value(), "more asks for connections than there are");
        if (scope.cancelled()) break;
        if (*opened) {
            queue_.connected();
            tell({});
            std::string why = co_await connection.serve(**std::move(opened), scope);
            queue_.disconnected();
            if (scope.cancelled()) break;
            if (connection.was_of_use()) backoff.reset();
            if (queue_.connections() == 0) tell_away(std::move(why));
        } else if (queue_.connections() == 0) {
            tell_away(std::move(opened)->error());
        }
        co_await io::Sleep(shard_, backoff.next(shard_.random()), &scope);
    }
}

/// Hands out work at the end of a turn, so that what came in it goes together.
io::Task<void> PostgresStore::dispatch(io::CancelScope& scope) {
    while (co_await queue_.work().wait(&scope)) {
        queue_.work().reset();
        auto idle = static_cast<unsigned>(
            std::ranges::count_if(connections_, [](const Connection& c) { return c.idle(); }));
        for (Connection& connection : connections_) {
            if (queue_.empty()) break;
            if (connection.idle()) connection.take_work(idle--);
        }
    }
}

io::Task<void> PostgresStore::keep_clean(io::CancelScope& scope) {
    Backoff backoff;
    while (!scope.cancelled()) {
        const auto cleaned = co_await engine_.pool.run(
            shard_, [&connector = engine_.connector] { return connector.clean_up(); });
        const bool done = cleaned.has_value() && cleaned->has_value();
        if (done) backoff.reset();
        co_await io::Sleep(shard_, done ? cleaning_interval : backoff.next(shard_.random()),
                           &scope);
    }
}

void PostgresStore::tell_away(std::string why) {
    tell(why.empty() ? "the connection was lost" : std::move(why));
}

/// Tells the first shard's listener what has changed. problem  Empty: there is none.
void PostgresStore::tell(std::string problem) {
    if (shard_.index() != engine_.first_shard()) return;
    const StoreState now = problem.empty() ? StoreState::available : StoreState::away;
    if (now == told_ && problem == told_detail_) return;
    told_ = now;
    told_detail_ = std::move(problem);
    StoreListener* const listener = engine_.ports[shard_.index()].listener;
    if (listener != nullptr) listener->on_state(now, told_detail_);
}

}  // namespace sluice::storage::postgres
