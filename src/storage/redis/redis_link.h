// Redis connection, pipelined: commands go out in their order, and replies come back in it.
#pragma once

#include <coroutine>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "io/cancel.h"
#include "io/event.h"
#include "io/shard.h"
#include "io/stream.h"
#include "io/task.h"
#include "io/timer.h"
#include "storage/redis/redis_reply.h"

struct redisReader;

namespace sluice::storage {

/// run() is under way from the first question to the last.
class RedisLink {
public:
    RedisLink(io::Shard& shard, std::unique_ptr<io::Stream> stream);
    RedisLink(const RedisLink&) = delete;
    RedisLink& operator=(const RedisLink&) = delete;
    ~RedisLink();

    /// Moves bytes until the connection breaks, owes a reply for too long, or `scope` is cancelled.
    /// Who waits is told then, and the connection is closed.
    io::Task<void> run(io::CancelScope& scope);
    /// Why run() ended, for an operator; empty where it was cancelled.
    const std::string& fault() const { return fault_; }

    /// One command under way. The link may be gone once it is resumed.
    class [[nodiscard]] Ask final : io::Timer {
    public:
        Ask(RedisLink& link, bool sent, Duration patience)
            : link_(link), sent_(sent), patience_(patience) {}
        bool await_ready() const { return !sent_; }
        void await_suspend(std::coroutine_handle<> awaiting);
        RedisReply await_resume() { return std::move(reply_); }

    private:
        friend RedisLink;
        void on_timer() override;
        void finish(RedisReply reply);

        RedisLink& link_;
        bool sent_;
        Duration patience_;
        std::coroutine_handle<> awaiting_;
        std::uint64_t number_ = 0;
        RedisReply reply_;
    };
    /// co_await link.ask(words, patience): the reply, `none` where it does not come in time, or too
    /// many are owed, or the connection is gone. Await it where it is made.
    Ask ask(std::span<const std::string_view> words, Duration patience);
    Ask ask(std::initializer_list<std::string_view> words, Duration patience) {
        return ask(std::span(words.begin(), words.size()), patience);
    }

private:
    struct FreeReader {
        void operator()(redisReader* reader) const;
    };

    io::Task<void> send_all(io::CancelScope* alive);
    io::Task<void> receive_all(io::CancelScope* alive);
    bool read(std::string_view bytes);
    bool deliver(RedisReply reply);
    void abandon(std::uint64_t number);
    void fail_all();

    io::Shard& shard_;
    std::unique_ptr<io::Stream> stream_;
    std::unique_ptr<redisReader, FreeReader> reader_;
    io::Event something_to_send_;
    std::string output_;
    std::string sending_;
    std::deque<Ask*> owed_;           // in order; null: nobody waits any more
    std::uint64_t first_number_ = 0;  // of owed_.front()
    std::size_t unparsed_bytes_ = 0;
    io::Deadline* silence_ = nullptr;  // set while run() runs
    std::string fault_;
    bool ended_ = false;
};

}  // namespace sluice::storage
