#include "storage/postgres/revocation_feed.h"

#include <poll.h>

#include <algorithm>
#include <charconv>

#include "io/event.h"
#include "io/readiness.h"
#include "storage/backoff.h"
#include "storage/postgres/arguments.h"

namespace sluice::storage::postgres {
namespace {

constexpr Duration recheck_interval = std::chrono::milliseconds{500};
// After a reconnection: how far before the last look to begin, for transactions that took long.
constexpr Duration overlap_max = std::chrono::minutes{10};
constexpr std::int64_t any_age = 1'000'000'000;  // seconds

}  // namespace

RevocationFeed::RevocationFeed(io::Shard& shard, EngineParts& engine)
    : shard_(shard),
      engine_(engine),
      revoked_(engine.ports.size()),
      checked_(shard.now()),
      checked_wall_(shard.wall_now()) {}

io::Task<void> RevocationFeed::run(io::CancelScope& scope) {
    Backoff backoff;
    while (!scope.cancelled()) {
        auto opened = co_await engine_.pool.run(
            shard_, [&connector = engine_.connector] { return connector.open_for_feed(); });
        if (scope.cancelled()) break;
        if (opened && *opened) {
            const MonotonicTime checked = checked_;
            freshly_connected_ = true;
            problem_ = "the connection was lost";
            co_await follow(**std::move(opened), scope);
            if (checked_ > checked) backoff.reset();
            if (!scope.cancelled()) tell(false, problem_);
        } else if (opened) {
            tell(false, opened->error());
        }
        co_await io::Sleep(shard_, backoff.next(shard_.random()), &scope);
    }
}

/// Looks again twice a second, and listens in between.
io::Task<void> RevocationFeed::follow(ConnectionPtr connection, io::CancelScope& scope) {
    while (!scope.cancelled()) {
        const MonotonicTime began = shard_.now();
        const WallTime began_wall = shard_.wall_now();
        const Duration unseen = away();
        if (!co_await recheck(connection.get(), scope)) break;
        freshly_connected_ = false;
        if (unseen > engine_.settings.revocations_kept - overlap()) co_await tell_gap();
        checked_ = began;
        checked_wall_ = began_wall;
        co_await tell_revoked();
        co_await trust(began + engine_.settings.staleness_max);
        tell(true, {});
        const MonotonicTime next = began + recheck_interval;
        while (shard_.now() < next && !scope.cancelled()) {
            if (!co_await wait_for_news(connection.get(), next - shard_.now(), scope)) co_return;
            co_await tell_revoked();
        }
    }
}

Duration RevocationFeed::overlap() const {
    return std::min(overlap_max, engine_.settings.revocations_kept / 4);
}

/// Since the last look, by the clock that says more: a machine that sleeps may stop either.
Duration RevocationFeed::away() const {
    return std::max<Duration>(shard_.now() - checked_, shard_.wall_now() - checked_wall_);
}

/// False where the connection is of no use any more.
io::Task<bool> RevocationFeed::recheck(PGconn* connection, io::CancelScope& scope) {
    // The numbers of transactions may begin anew where the database was restored meanwhile.
    const auto unseen = std::chrono::ceil<Seconds>(away() + overlap()).count();
    Arguments arguments;
    arguments.number(freshly_connected_ ? 0 : unseen_from_)
        .number(freshly_connected_ ? unseen : any_age);
    if (PQsendQueryPrepared(connection, recheck_revocations, arguments.count(), arguments.values(),
                            arguments.lengths(), Arguments::formats(), 1) != 1 ||
        PQflush(connection) < 0) {
        co_return false;
    }
    const MonotonicTime late = shard_.now() + engine_.settings.statement_timeout;
    bool answered = false;
    while (true) {
        while (PQisBusy(connection) == 1) {
            if (late <= shard_.now() || scope.cancelled()) co_return false;
            if (!co_await wait_for_news(connection, late - shard_.now(), scope)) co_return false;
        }
        const ResultPtr result(PQgetResult(connection));
        if (result == nullptr) break;
        answered = PQresultStatus(result.get()) == PGRES_TUPLES_OK;
        if (!answered) {
            problem_ = one_line(PQresultErrorMessage(result.get()));
            co_return false;
        }
        take_rows(result.get());
    }
    take_notifications(connection);  // those that came with the answer
    co_return answered;
}

/// Reads what comes within `time`; false where the connection is lost.
io::Task<bool> RevocationFeed::wait_for_news(PGconn* connection, Duration time,
                                             io::CancelScope& scope) {
    io::CancelScope waiting(&scope);
    io::Deadline deadline(waiting);
    shard_.timers().start(deadline, shard_.now() + time);
    const auto ready = co_await io::Readiness(shard_, PQsocket(connection), POLLIN, &waiting);
    if (!ready) co_return waiting.cancelled();
    if (PQconsumeInput(connection) == 0) co_return false;
    take_notifications(connection);
    co_return true;
}

void RevocationFeed::take_rows(const PGresult* rows) {
    for (int row = 0; row < PQntuples(rows); ++row) {
        unseen_from_ = number_at(rows, row, 0);
        if (PQgetisnull(rows, row, 1) == 0) {
            take(static_cast<std::uint64_t>(number_at(rows, row, 1)));
        }
    }
}

void RevocationFeed::take_notifications(PGconn* connection) {
    struct Free {
        void operator()(PGnotify* notification) const { PQfreemem(notification); }
    };
    while (const std::unique_ptr<PGnotify, Free> notification{PQnotifies(connection)}) {
        const std::string_view text = notification->extra;
        std::uint64_t tag = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), tag);
        if (error == std::errc{} && end == text.data() + text.size()) take(tag);
    }
}

void RevocationFeed::take(std::uint64_t tag) {
    if (tag > token::GrantTag::value_max) return;  // not one of ours
    const token::GrantTag revoked(tag);
    any_revoked_ = true;
    const unsigned owner = revoked.shard(shard_.count());
    if (owner < revoked_.size() && engine_.ports[owner].opened) {
        return revoked_[owner].push_back(revoked);
    }
    for (unsigned shard = 0; shard < revoked_.size(); ++shard) {
        if (engine_.ports[shard].opened) revoked_[shard].push_back(revoked);
    }
}

io::Task<void> RevocationFeed::tell_revoked() {
    if (!std::exchange(any_revoked_, false)) co_return;
    for (unsigned shard = 0; shard < revoked_.size(); ++shard) {
        if (revoked_[shard].empty()) continue;
        co_await engine_.listeners.call(
            shard_, shard, [tags = std::exchange(revoked_[shard], {})](ListenerPort& port) {
                if (port.listener == nullptr) return;
                for (const token::GrantTag tag : tags) port.listener->on_revoked(tag);
            });
    }
}

io::Task<void> RevocationFeed::tell_gap() {
    for (unsigned shard = 0; shard < revoked_.size(); ++shard) {
        if (!engine_.ports[shard].opened) continue;
        co_await engine_.listeners.call(shard_, shard, [](ListenerPort& port) {
            if (port.listener != nullptr) port.listener->on_gap();
        });
    }
}

/// To this shard's listener, once for as long as it stays so.
void RevocationFeed::tell(bool follows, std::string_view detail) {
    if (told_ && *told_ == follows) return;
    told_ = follows;
    StoreListener* const listener = engine_.ports[shard_.index()].listener;
    if (listener != nullptr) listener->on_feed(follows, detail);
}

io::Task<void> RevocationFeed::trust(MonotonicTime until) {
    for (unsigned shard = 0; shard < revoked_.size(); ++shard) {
        if (!engine_.ports[shard].opened) continue;
        co_await engine_.listeners.call(shard_, shard, [until](ListenerPort& port) {
            if (port.listener != nullptr) port.listener->on_trust(until);
        });
    }
}

}  // namespace sluice::storage::postgres
