// Structured logging: one line an event, written by a thread of its own, so that no shard ever
// waits for a disk or a terminal.
#pragma once

#include <array>
#include <atomic>
#include <concepts>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/check.h"
#include "base/clock.h"

namespace sluice {

enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class LogFormat : std::uint8_t { json, text };

/// Writes chunks of whole lines to a descriptor, in the order in which each thread handed them
/// over. What a blocked descriptor cannot take is dropped, counted, and said in a line of its own.
class LogWriter {
public:
    explicit LogWriter(int fd);
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;
    ~LogWriter();  // writes what is left, as far as the descriptor takes it within a second

    /// Takes the lines of `chunk` and leaves it empty, with room for the next ones.
    void submit(std::string& chunk);
    std::uint64_t dropped_bytes() const { return dropped_bytes_.load(std::memory_order_relaxed); }

private:
    static constexpr std::size_t waiting_bytes_max = 16 << 20;

    void work();
    void write_all(std::string_view bytes);
    bool wait_until_writable();

    int fd_;
    bool may_block_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::string> waiting_;
    std::deque<std::string> spare_;
    std::size_t waiting_bytes_ = 0;
    bool stopping_ = false;
    int patience_left_ = 10;  // waits for a descriptor that takes nothing while it stops
    std::atomic<std::uint64_t> dropped_bytes_ = 0;
    std::jthread thread_;
};

class Log;

/// A line being written; ends with the statement that began it:
///   log.line(LogLevel::info, now, "request").add("status", 200).add("path", path);
/// Every line starts with the time, the level and the `event_type`. A secret has no place in one.
class LogLine {
public:
    LogLine(const LogLine&) = delete;
    LogLine& operator=(const LogLine&) = delete;
    ~LogLine();

    LogLine& add(std::string_view key, std::string_view text);
    LogLine& add(std::string_view key, const char* text) {
        return add(key, std::string_view(text));
    }
    LogLine& add(std::string_view key, bool truth);
    LogLine& add(std::string_view key, double number);
    LogLine& add(std::string_view key, std::integral auto number) {
        return add_integer(key, static_cast<std::int64_t>(number));
    }

private:
    friend Log;
    explicit LogLine(Log* log) : log_(log) {}
    LogLine& add_integer(std::string_view key, std::int64_t number);
    void begin_field(std::string_view key);

    Log* log_;  // null: this level is not written
};

/// A thread's own end of the log.
class Log {
public:
    Log(LogWriter& writer, LogLevel level, LogFormat format)
        : writer_(writer), level_(level), format_(format) {}

    bool writes(LogLevel level) const { return level >= level_; }
    LogLine line(LogLevel level, WallTime now, std::string_view event_type);

    /// Hands over the lines so far; call it some times a second. Large chunks go by themselves.
    void flush() {
        CHECK(!in_line_, "a chunk holds whole lines");
        if (!chunk_.empty()) writer_.submit(chunk_);
    }

private:
    friend LogLine;
    static constexpr std::size_t chunk_bytes = 32 << 10;

    void append_time(WallTime now);
    void end_line();

    LogWriter& writer_;
    LogLevel level_;
    LogFormat format_;
    std::string chunk_;
    bool in_line_ = false;                // between line() and its end
    std::int64_t second_ = -1;            // that second_text_ stands for
    std::array<char, 20> second_text_{};  // "2026-01-31T23:59:59."
};

}  // namespace sluice
