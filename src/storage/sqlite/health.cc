#include "storage/sqlite/health.h"

#include <fmt/format.h>

#include <utility>

#include "base/check.h"

namespace sluice::storage::sqlite {

void Health::report(const DatabaseError& error, std::string_view what, io::Waker& waker) {
    switch (damage_of(error)) {
        case Damage::none:
            return change(StoreState::away, fmt::format("{} failed: {}", what, error.text), waker);
        case Damage::no_room:
            return change(StoreState::away,
                          fmt::format("{} failed: {}; there is no room: make some, or raise the "
                                      "quota or the limit of file sizes",
                                      what, error.text),
                          waker);
        case Damage::lasting:
            return fail(
                fmt::format(
                    "{} failed: {}; the database may be damaged: check the disk, check the file "
                    "with `sluice backup`, and restore a backup with `sluice restore` where it is",
                    what, error.text),
                waker);
    }
}

void Health::fail(std::string detail, io::Waker& waker) {
    change(StoreState::failed, std::move(detail), waker);
}

void Health::change(StoreState state, std::string detail, io::Waker& waker) {
    const std::lock_guard lock(mutex_);
    const StoreState before = state_.load(std::memory_order_relaxed);
    if (before == state || before == StoreState::failed) return;
    state_.store(state, std::memory_order_release);
    untold_.push_back({state, std::move(detail)});
    if (shard_ != nullptr && !std::exchange(under_way_, true)) waker.send(*shard_, notice_);
}

void Health::attach(io::Shard& shard, StoreListener& listener) {
    {
        const std::lock_guard lock(mutex_);
        CHECK(shard_ == nullptr && shard.index() == 0, "one is told, on the first shard");
        shard_ = &shard;
        listener_ = &listener;
        if (untold_.empty()) return;
    }
    tell();
}

bool Health::detach() {
    const std::lock_guard lock(mutex_);
    shard_ = nullptr;
    return !under_way_;
}

void Health::tell() {
    std::vector<Change> changes;
    {
        const std::lock_guard lock(mutex_);
        CHECK(listener_ != nullptr);
        under_way_ = false;
        changes.swap(untold_);
    }
    for (const Change& each : changes) listener_->on_state(each.state, each.detail);
}

}  // namespace sluice::storage::sqlite
