// Mailbox (lock-free MPSC queue): messages that any thread may push and one shard takes.
#pragma once

#include <atomic>

#include "base/check.h"

namespace sluice::io {

class Shard;

/// A message. Its memory belongs to the sender and must live until it was delivered.
class Message {
public:
    virtual ~Message() = default;
    /// Runs on the receiving shard; the message may be gone or on its way back when this returns.
    virtual void deliver(Shard& at) = 0;

private:
    friend class Mailbox;
    friend class Shard;
    Message* next_ = nullptr;
};

class Mailbox {
public:
    /// Adds a chain (newest first, linked by next_). True: the owner sleeps, and this caller has to
    /// wake it.
    bool push(Message* newest, Message* oldest) {
        CHECK(newest != nullptr && oldest != nullptr);
        Message* head = head_.load(std::memory_order_relaxed);
        do {
            oldest->next_ = head;
        } while (!head_.compare_exchange_weak(head, newest));
        return asleep_.load() && asleep_.exchange(false);
    }

    bool empty() const { return head_.load(std::memory_order_relaxed) == nullptr; }

    // Owner only. Whoever pushes looks for a sleeper afterwards, and the owner says that it sleeps
    // before it looks into the box for the last time: one of the two sees the other.

    /// Before waiting. False: a message is there, do not wait.
    bool fall_asleep() {
        asleep_.store(true);
        if (head_.load() == nullptr) return true;
        wake_up();
        return false;
    }
    /// What comes from now on is seen without a wake-up.
    void wake_up() { asleep_.store(false, std::memory_order_relaxed); }

    /// All messages, oldest first. Owner only.
    Message* take_all() {
        Message* newest = head_.exchange(nullptr, std::memory_order_acquire);
        Message* oldest_first = nullptr;
        while (newest != nullptr) {
            Message* next = newest->next_;
            newest->next_ = oldest_first;
            oldest_first = newest;
            newest = next;
        }
        return oldest_first;
    }

private:
    // A line of its own: others write to it.
    alignas(64) std::atomic<Message*> head_ = nullptr;
    std::atomic<bool> asleep_ = false;
};

}  // namespace sluice::io
