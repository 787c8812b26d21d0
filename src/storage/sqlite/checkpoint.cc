#include "storage/sqlite/checkpoint.h"

#include "base/check.h"
#include "base/result.h"
#include "storage/sqlite/settings.h"

namespace sluice::storage::sqlite {
namespace {

constexpr std::chrono::milliseconds pause_after_failure{200};

}  // namespace

void CheckpointSignal::note_log_size(int pages) {
    const std::lock_guard lock(mutex_);
    pages_ = pages;
    if (pages >= pages_wanted_) wake_.notify_all();
}

void CheckpointSignal::restart_is_done(bool worked) {
    const std::lock_guard lock(mutex_);
    CHECK(restarting_, "nobody wished for it");
    restarting_ = false;
    pages_wanted_ = worked ? log_pages : pages_ + log_pages;
    if (worked) pages_ = 0;
    wake_.notify_all();
}

bool CheckpointSignal::wait_for_work() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || pages_ >= pages_wanted_; });
    return !stopping_;
}

void CheckpointSignal::have_log_restarted() {
    std::unique_lock lock(mutex_);
    CHECK(!restarting_);
    restarting_ = true;
    restart_wished_ = true;
    wake_.wait(lock, [this] { return stopping_ || !restarting_; });
}

void CheckpointSignal::stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
}

std::expected<std::unique_ptr<Checkpointer>, std::string> Checkpointer::start(
    const std::string& path, CheckpointSignal& signal, Health& health) {
    TRY(io::Waker waker, io::Waker::create());
    TRY(Database database, open_connection(path, other_cache_kib));
    std::unique_ptr<Checkpointer> checkpointer(
        new Checkpointer(std::move(database), std::move(waker), signal, health));
    checkpointer->thread_ = std::jthread([&self = *checkpointer] { self.work(); });
    return checkpointer;
}

Checkpointer::~Checkpointer() {
    signal_.stop();
}

void Checkpointer::work() {
    while (signal_.wait_for_work()) {
        // Twice, so that little is left to the writer.
        if (copy() && copy()) {
            signal_.have_log_restarted();
        } else {
            std::this_thread::sleep_for(pause_after_failure);
        }
    }
}

bool Checkpointer::copy() {
    if (health_.state() == StoreState::failed) return false;
    const int code = sqlite3_wal_checkpoint_v2(database_.native(), "main",
                                               SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code == SQLITE_OK) return true;
    // Without room the log goes on growing, as long as that has any.
    health_.report_damage(database_.error(), "a checkpoint", waker_);
    return false;
}

}  // namespace sluice::storage::sqlite
