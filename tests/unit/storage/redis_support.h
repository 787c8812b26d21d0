// A real redis-server for a test, and a shard of the kernel's that asks it.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "io/event.h"
#include "io/kernel_ring.h"
#include "io/task_group.h"
#include "storage/redis/redis.h"

namespace sluice::storage {

inline std::uint16_t port_of(int fd) {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
    return ntohs(address.sin_port);
}

/// A socket that listens on the loopback interface, and that nobody accepts from.
inline int listen_somewhere() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    CHECK(listen(fd, 16) == 0);
    return fd;
}

inline std::uint16_t free_port() {
    const int fd = listen_somewhere();
    const std::uint16_t port = port_of(fd);
    close(fd);
    return port;
}

/// A redis-server of its own, without a disk.
class RedisServer {
public:
    explicit RedisServer(std::uint16_t at = free_port(), std::vector<std::string> more = {})
        : port_(at) {
        std::vector<std::string> words{
            "redis-server", "--port",  std::to_string(at), "--bind",   "127.0.0.1", "--save", "",
            "--loglevel",   "warning", "--logfile",        "/dev/null"};
        words.insert(words.end(), more.begin(), more.end());
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        CHECK(posix_spawnp(&pid_, "redis-server", nullptr, nullptr, arguments.data(), environ) == 0,
              "redis-server is not installed");
        wait_until_it_listens();
    }
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;
    ~RedisServer() { kill_now(); }

    std::uint16_t port() const { return port_; }
    void send_signal(int number) { kill(pid_, number); }
    void kill_now() {
        if (pid_ <= 0) return;
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }

private:
    void wait_until_it_listens() const {
        for (int attempt = 0; attempt < 500; ++attempt) {
            const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_port = htons(port_);
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            const bool listens =
                connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
            close(fd);
            if (listens) return;
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
        CHECK(false, "redis-server does not start");
    }

    std::uint16_t port_;
    pid_t pid_ = 0;
};

/// What was announced, in order: "away: reason" and "back".
struct Announcements final : SharedWindowsListener {
    void on_windows_away(std::string_view reason) override {
        said.push_back("away: " + std::string(reason));
    }
    void on_windows_back() override { said.push_back("back"); }
    std::vector<std::string> said;
};

/// One shard on a ring of the kernel, turned by the test; windows() run in it.
struct RedisTest : testing::Test {
    RedisTest() {
        auto made = io::KernelRing::create({.submissions = 64, .completions = 256, .buffers = 16});
        CHECK(made.has_value(), "no io_uring");
        io::KernelRing* const ring = made->get();
        ring->adopt_by_this_thread();
        shard = std::make_unique<io::Shard>(
            0, io::Shard::Parts{*std::move(made), std::make_unique<SeededRandom>(1), &clock});
        io::Shard* const alone = shard.get();
        shard->set_peers(std::span(&alone, 1));
    }

    /// Turns the shard until `done` says so; fails after some seconds.
    void turn_until(const std::function<bool()>& done) {
        const MonotonicTime end = clock.monotonic() + std::chrono::seconds{20};
        while (!done()) {
            ASSERT_LT(clock.monotonic(), end) << "it does not happen";
            shard->turn(std::chrono::milliseconds{10});
        }
    }

    /// What a task gives.
    template <class T>
    T get(io::Task<T> task) {
        std::optional<T> value;
        io::TaskGroup group;
        group.spawn(put_value(std::move(task), &value));
        turn_until([&] { return group.size() == 0; });
        return *std::move(value);
    }

    SystemClock clock;
    std::unique_ptr<io::Shard> shard;

private:
    template <class T>
    static io::Task<void> put_value(io::Task<T> task, std::optional<T>* value) {
        value->emplace(co_await std::move(task));
    }
};

/// One box's access to a Redis, from its beginning to its end.
class RunningWindows {
public:
    RunningWindows(RedisTest& test, RedisSettings settings)
        : test_(test), redis_(std::move(settings)) {
        const auto port = redis_.settings().port;
        windows_ = redis_.open(*test.shard, [port] { return find(port); }, announcements_);
        group_.spawn(windows_->run(scope_));
    }
    ~RunningWindows() {
        scope_.cancel();
        test_.turn_until([&] { return group_.size() == 0; });
    }

    SharedWindows& operator*() { return *windows_; }
    SharedWindows* operator->() { return windows_.get(); }
    Redis& redis() { return redis_; }
    std::vector<std::string>& said() { return announcements_.said; }

    /// Waits until the first admission is decided by Redis.
    void wait_until_available() {
        test_.turn_until([&] {
            const auto asked = test_.get(windows_->claim(std::to_string(++probes_), Seconds{1}));
            return asked.has_value();
        });
    }

private:
    static io::Task<std::vector<io::Address>> find(std::uint16_t port) {
        co_return std::vector{*io::Address::from_ip("127.0.0.1", port)};
    }

    RedisTest& test_;
    Redis redis_;
    Announcements announcements_;
    std::unique_ptr<SharedWindows> windows_;
    io::CancelScope scope_;
    io::TaskGroup group_;
    std::uint64_t probes_ = 0;
};

}  // namespace sluice::storage
