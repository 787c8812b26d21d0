// How shards talk: a lock-free list of messages that any thread may push to and one shard takes
// from.
#pragma once

#include <atomic>

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
    /// Adds a chain (newest first, linked by next_). True where the box was empty: wake the owner.
    bool push(Message* newest, Message* oldest) {
        Message* head = head_.load(std::memory_order_relaxed);
        do {
            oldest->next_ = head;
        } while (!head_.compare_exchange_weak(head, newest, std::memory_order_release,
                                              std::memory_order_relaxed));
        return head == nullptr;
    }

    bool empty() const { return head_.load(std::memory_order_relaxed) == nullptr; }

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
    std::atomic<Message*> head_ = nullptr;
};

}  // namespace sluice::io
