// Health of the file: what the engine's threads know, and how shard 0 hears of it.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "io/waker.h"
#include "storage/sqlite/database.h"
#include "storage/store.h"

namespace sluice::storage::sqlite {

/// For any thread, except attach() and what follows it.
class Health {
public:
    StoreState state() const { return state_.load(std::memory_order_acquire); }

    /// A write was refused, or a read found damage. waker  The calling thread's own.
    void report(const DatabaseError& error, std::string_view what, io::Waker& waker);
    /// The same where nobody was refused anything: only damage is worth a word.
    void report_damage(const DatabaseError& error, std::string_view what, io::Waker& waker) {
        if (damage_of(error) == Damage::lasting) report(error, what, waker);
    }
    /// The file is damaged, however that was found: failed for good.
    void fail(std::string detail, io::Waker& waker);
    /// A write has succeeded: available again, unless the engine has failed for good.
    void report_success(io::Waker& waker) {
        if (state() == StoreState::away)
            change(StoreState::available, "writing works again", waker);
    }

    /// On shard 0: from now on `listener` is told, of what was reported before as well.
    void attach(io::Shard& shard, StoreListener& listener);
    /// On shard 0: nobody is told any more. False: a message is under way, try again later.
    bool detach();

private:
    struct Change {
        StoreState state;
        std::string detail;
    };
    struct Notice final : io::Message {
        explicit Notice(Health& owner) : health(owner) {}
        void deliver(io::Shard&) override { health.tell(); }
        Health& health;
    };

    void change(StoreState state, std::string detail, io::Waker& waker);
    void tell();

    std::atomic<StoreState> state_ = StoreState::available;
    std::mutex mutex_;
    std::vector<Change> untold_;
    Notice notice_{*this};
    bool under_way_ = false;
    io::Shard* shard_ = nullptr;
    StoreListener* listener_ = nullptr;
};

}  // namespace sluice::storage::sqlite
