// A ring whose every completion a test gives by hand, and a shard around it.
#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/random.h"
#include "io/shard.h"
#include "io/task.h"
#include "io/task_group.h"

namespace sluice::io {

class ScriptedRing final : public Ring {
public:
    enum class Kind { accept, receive, hang_up, send, connect };
    struct Started {
        Kind kind;
        Operation* operation;
        int fd;
        std::string bytes;  // of a send
    };

    ~ScriptedRing() override { CHECK(buffers_lent == 0, "a buffer was kept"); }

    Result<int> open_listener(const Address&) override { return next_fd++; }
    Result<int> open_socket(const Address&) override { return next_fd++; }
    Address local_address(int) override { return {}; }
    Address peer_address(int) override { return {}; }
    void shut_down(int fd) override { shut.push_back(fd); }
    void close(int fd) override { closed.push_back(fd); }

    void accept(Operation& operation, int fd) override { start(Kind::accept, operation, fd); }
    void receive(Operation& operation, int fd) override { start(Kind::receive, operation, fd); }
    void watch_hang_up(Operation& operation, int fd) override {
        start(Kind::hang_up, operation, fd);
    }
    void send(Operation& operation, int fd, std::string_view bytes) override {
        start(Kind::send, operation, fd, bytes);
    }
    void connect(Operation& operation, int fd, const Address&) override {
        start(Kind::connect, operation, fd);
    }
    void cancel(Operation& operation) override { cancelled.push_back(&operation); }

    int descriptor() const override { return -1; }
    void wake(Ring&) override { ++wakes; }
    void run_once(Duration wait) override {
        last_wait = wait;
        if (const auto meanwhile = std::exchange(while_waiting, nullptr)) meanwhile();
    }

    // For the test.

    bool armed(Kind kind) const { return find(kind) != started.end(); }
    bool cancel_asked(Kind kind) const {
        const auto found = find(kind);
        return found != started.end() && std::ranges::count(cancelled, found->operation) > 0;
    }
    const std::string& bytes_of_send() const { return find(Kind::send)->bytes; }
    void complete(Kind kind, int result, bool more = false) {
        finish(kind, {.result = result, .more = more, .buffer = {}});
    }
    void complete_receive(std::string_view bytes, bool more = true) {
        char* const memory = new char[bytes.size()];
        std::memcpy(memory, bytes.data(), bytes.size());
        lent.emplace_back(memory);
        ++buffers_lent;
        finish(Kind::receive,
               {.result = static_cast<int>(bytes.size()),
                .more = more,
                .buffer = ReceivedBuffer(*this, static_cast<std::uint16_t>(lent.size() - 1),
                                         {memory, bytes.size()})});
    }

    std::vector<Started> started;
    std::vector<Operation*> cancelled;
    std::vector<int> shut;
    std::vector<int> closed;
    int next_fd = 100;
    int buffers_lent = 0;
    int wakes = 0;
    Duration last_wait{};
    std::function<void()> while_waiting;  // called by the next run_once()

protected:
    void recycle(std::uint16_t buffer) override {
        CHECK(lent[buffer] != nullptr, "a buffer was given back twice");
        lent[buffer].reset();
        --buffers_lent;
    }

private:
    std::vector<Started>::const_iterator find(Kind kind) const {
        return std::ranges::find_if(started, [kind](const Started& s) { return s.kind == kind; });
    }
    void start(Kind kind, Operation& operation, int fd, std::string_view bytes = {}) {
        operation.started();
        started.push_back({kind, &operation, fd, std::string(bytes)});
    }
    void finish(Kind kind, Completion completion) {
        const auto found = find(kind);
        CHECK(found != started.end(), "nothing of that kind is in flight");
        Operation* const operation = found->operation;
        if (!completion.more) {
            started.erase(found);
            std::erase(cancelled, operation);
        }
        operation->complete(std::move(completion));
    }

    std::vector<std::unique_ptr<char[]>> lent;
};

/// A shard on a scripted ring and a clock that stands still.
struct ScriptedShard {
    ScriptedShard() {
        Shard* const alone = &shard;
        shard.set_peers(std::span(&alone, 1));
    }
    void turn() { shard.turn(Duration::zero()); }
    void pass(Duration time) {
        clock.advance(time);
        turn();
        turn();
    }

    ManualClock clock;
    ScriptedRing* ring = new ScriptedRing;  // the shard owns it
    Shard shard{0, {std::unique_ptr<Ring>(ring), std::make_unique<SeededRandom>(1), &clock}};
};

}  // namespace sluice::io
