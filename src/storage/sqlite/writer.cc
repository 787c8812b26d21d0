#include "storage/sqlite/writer.h"

#include <algorithm>

#include "base/result.h"
#include "storage/sqlite/settings.h"

namespace sluice::storage::sqlite {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A round of expiry over small tables takes no time: rest until this much is over.
constexpr seconds round_time_min{20};
// Between two steps, and how many times as long as a step has taken.
constexpr milliseconds expiry_pause_min{10};
constexpr int expiry_pause_factor = 10;
constexpr milliseconds idle_max{500};
constexpr seconds probe_pause{1};

}  // namespace

std::expected<std::unique_ptr<Writer>, std::string> Writer::start(const std::string& path,
                                                                  Clock& clock, Health& health,
                                                                  CheckpointSignal& checkpoints,
                                                                  std::size_t waiting_max,
                                                                  bool expires) {
    TRY(io::Waker waker, io::Waker::create());
    TRY(Database database, open_connection(path, writer_cache_kib));
    TRY(WriteStatements statements, explained(WriteStatements::prepare(database)));
    TRY(Expiry expiry, explained(Expiry::prepare(database)));
    std::unique_ptr<Writer> writer(new Writer(std::move(database), std::move(statements),
                                              std::move(expiry), Answers(std::move(waker)), clock,
                                              health, checkpoints, waiting_max));
    writer->expires_ = expires;
    writer->thread_ = std::jthread([&self = *writer] { self.work(); });
    return writer;
}

Writer::Writer(Database database, WriteStatements statements, Expiry expiry, Answers answers,
               Clock& clock, Health& health, CheckpointSignal& checkpoints, std::size_t waiting_max)
    : clock_(clock),
      health_(health),
      checkpoints_(checkpoints),
      queue_(waiting_max),
      answers_(std::move(answers)),
      database_(std::move(database)),
      statements_(std::move(statements)),
      expiry_(std::move(expiry)),
      next_expiry_(clock.monotonic() + seconds{1}) {
    statements_.database = &database_;
    sqlite3_wal_hook(database_.native(), note_log_size, this);
}

Writer::~Writer() {
    queue_.stop();
    thread_.join();
    // The last connection moves the log into the database and removes it: never after a failure.
    if (health_.state() != StoreState::failed) set_checkpoint_at_close(database_, true);
}

int Writer::note_log_size(void* self, sqlite3*, const char*, int pages) {
    static_cast<Writer*>(self)->checkpoints_.note_log_size(pages);
    return SQLITE_OK;
}

void Writer::work() {
    for (;;) {
        Duration patience = idle_max;
        if (health_.state() == StoreState::away) {
            patience = probe_pause;
        } else if (expires_) {
            patience =
                std::clamp<Duration>(next_expiry_ - clock_.monotonic(), Duration{1}, idle_max);
        }
        Job* const jobs = queue_.take(patience);
        if (jobs != nullptr) {
            run_batch(jobs);
        } else if (queue_.stopping()) {
            return;
        } else if (health_.state() == StoreState::away) {
            probe();
        }
        if (checkpoints_.take_restart_wish()) restart_log();
        if (expires_ && clock_.monotonic() >= next_expiry_) remove_expired();
    }
}

void Writer::run_batch(Job* jobs) {
    const bool committed = commit(jobs);
    for (Job* job = jobs; job != nullptr; job = job->next) job->answered = committed;
    answers_.send(jobs);
}

bool Writer::commit(Job* jobs) {
    const BatchTime now = batch_time(clock_);
    return transact([&] {
        int code = SQLITE_OK;
        for (Job* job = jobs; job != nullptr && code == SQLITE_OK; job = job->next) {
            code = static_cast<WriteJob*>(job)->run(statements_, now);
        }
        return code;
    });
}

template <class Step>
bool Writer::transact(Step step) {
    if (health_.state() == StoreState::failed) return false;
    const bool committed = statements_.begin.run() == SQLITE_OK && step() == SQLITE_OK &&
                           statements_.commit.run() == SQLITE_OK;
    if (committed) {
        health_.report_success(answers_.waker());
        return true;
    }
    health_.report(database_.error(), "a write", answers_.waker());
    if (sqlite3_get_autocommit(database_.native()) == 0) {
        static_cast<void>(database_.execute("ROLLBACK"));
    }
    return false;
}

void Writer::remove_expired() {
    const auto start = clock_.monotonic();
    if (health_.state() != StoreState::available) {
        next_expiry_ = start + seconds{1};
        return;
    }
    const BatchTime now = batch_time(clock_);
    transact([&] { return expiry_.step(now); });
    const auto end = clock_.monotonic();
    next_expiry_ = end + std::max<Duration>(expiry_pause_min, expiry_pause_factor * (end - start));
    if (!expiry_.take_round_end()) return;
    next_expiry_ = std::max(next_expiry_, round_began_ + round_time_min);
    round_began_ = next_expiry_;
}

void Writer::restart_log() {
    // What the other thread has left is little. A reader may be in the way: then another time.
    sqlite3_busy_timeout(database_.native(), restart_patience_ms);
    const int code = sqlite3_wal_checkpoint_v2(database_.native(), "main",
                                               SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
    sqlite3_busy_timeout(database_.native(), busy_timeout_ms);
    if (code != SQLITE_OK) {
        health_.report_damage(database_.error(), "a checkpoint", answers_.waker());
    }
    checkpoints_.restart_is_done(code == SQLITE_OK);
}

void Writer::probe() {
    const BatchTime now = batch_time(clock_);
    transact([&] {
        statements_.probe.bind(1, now.now_ms);
        return statements_.probe.run();
    });
}

}  // namespace sluice::storage::sqlite
