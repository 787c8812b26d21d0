#include "base/log.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <ctime>
#include <utility>

#include "base/check.h"
#include "base/json_writer.h"

namespace sluice {
namespace {

constexpr std::array<std::string_view, 4> level_names = {"debug", "info", "warning", "error"};

template <class Number>
void append_number(std::string& out, Number number) {
    char digits[32];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

bool is_file(int fd) {
    struct stat status{};
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

bool is_plain_word(std::string_view text) {
    if (text.empty()) return false;
    for (const char c : text) {
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\') return false;
    }
    return true;
}

}  // namespace

LogWriter::LogWriter(int fd) : fd_(fd), may_block_(!is_file(fd)), thread_([this] { work(); }) {}

LogWriter::~LogWriter() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
}

void LogWriter::submit(std::string& chunk) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_bytes_ + chunk.size() > waiting_bytes_max) {
            dropped_bytes_.fetch_add(chunk.size(), std::memory_order_relaxed);
            chunk.clear();
            return;
        }
        CHECK(!stopping_, "whoever logs ends before the writer");
        waiting_bytes_ += chunk.size();
        std::string next;
        if (!spare_.empty()) {
            next = std::move(spare_.front());
            spare_.pop_front();
        }
        waiting_.push_back(std::exchange(chunk, std::move(next)));
    }
    wake_.notify_one();
}

void LogWriter::work() {
    std::uint64_t reported = 0;
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) {
            CHECK(waiting_bytes_ == 0);
            return;
        }
        std::string chunk = std::move(waiting_.front());
        waiting_.pop_front();
        CHECK(waiting_bytes_ >= chunk.size());
        waiting_bytes_ -= chunk.size();
        lock.unlock();
        write_all(chunk);
        if (const std::uint64_t dropped = dropped_bytes(); dropped != reported) {
            std::string note = R"({"level":"warning","event_type":"log_dropped","bytes":)";
            append_number(note, dropped - reported);
            write_all(note + "}\n");
            reported = dropped;
        }
        chunk.clear();
        lock.lock();
        if (spare_.size() < 8) spare_.push_back(std::move(chunk));
    }
}

void LogWriter::write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        // What poll() calls writable takes this much of a write without blocking, and no more.
        const std::size_t size =
            may_block_ ? std::min<std::size_t>(bytes.size(), PIPE_BUF) : bytes.size();
        const bool writable = !may_block_ || wait_until_writable();
        const ssize_t written = writable ? ::write(fd_, bytes.data(), size) : -1;
        if (writable && written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            dropped_bytes_.fetch_add(bytes.size(), std::memory_order_relaxed);
            return;
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

// False: nobody reads, and the process is to end.
bool LogWriter::wait_until_writable() {
    constexpr int wait_ms = 100;
    while (patience_left_ > 0) {
        pollfd waiting{fd_, POLLOUT, 0};
        const int ready = ::poll(&waiting, 1, wait_ms);
        if (ready > 0 || (ready < 0 && errno != EINTR)) return true;  // an error shows in write()
        const std::lock_guard lock(mutex_);
        if (stopping_) --patience_left_;
    }
    return false;
}

void Log::append_time(WallTime now) {
    const std::int64_t second = numeric_date(now);
    if (second != second_) {
        const std::time_t time = second;
        std::tm parts{};
        gmtime_r(&time, &parts);
        std::array<char, 21> text{};
        std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &parts);
        std::copy_n(text.begin(), second_text_.size(), second_text_.begin());
        second_ = second;
    }
    const auto since = now.time_since_epoch() - Seconds{second};
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
    chunk_.append(second_text_.data(), second_text_.size());
    CHECK(millis >= 0 && millis < 1000);
    chunk_ += static_cast<char>('0' + millis / 100);
    chunk_ += static_cast<char>('0' + millis / 10 % 10);
    chunk_ += static_cast<char>('0' + millis % 10);
    chunk_ += 'Z';
}

LogLine Log::line(LogLevel level, WallTime now, std::string_view event_type) {
    CHECK(!in_line_, "a line begins where the one before has ended");
    CHECK(!event_type.empty());
    if (!writes(level)) return LogLine(nullptr);
    in_line_ = true;
    const std::string_view level_name = level_names[static_cast<std::size_t>(level)];
    if (format_ == LogFormat::json) {
        chunk_ += R"({"time":")";
        append_time(now);
        chunk_ += R"(","level":")";
        chunk_ += level_name;
        chunk_ += R"(","event_type":")";
        chunk_ += event_type;
        chunk_ += '"';
    } else {
        append_time(now);
        chunk_ += ' ';
        chunk_ += level_name;
        chunk_ += ' ';
        chunk_ += event_type;
    }
    return LogLine(this);
}

void Log::end_line() {
    CHECK(in_line_);
    in_line_ = false;
    chunk_ += format_ == LogFormat::json ? "}\n" : "\n";
    if (chunk_.size() >= chunk_bytes) flush();
}

LogLine::~LogLine() {
    if (log_ != nullptr) log_->end_line();
}

void LogLine::begin_field(std::string_view key) {
    CHECK(log_->in_line_ && !key.empty());
    std::string& out = log_->chunk_;
    if (log_->format_ == LogFormat::json) {
        out += ",\"";
        out += key;
        out += "\":";
    } else {
        out += ' ';
        out += key;
        out += '=';
    }
}

LogLine& LogLine::add(std::string_view key, std::string_view text) {
    if (log_ == nullptr) return *this;
    begin_field(key);
    if (log_->format_ == LogFormat::text && is_plain_word(text)) {
        log_->chunk_ += text;
    } else {
        append_json_string(log_->chunk_, text);
    }
    return *this;
}

LogLine& LogLine::add(std::string_view key, bool truth) {
    if (log_ == nullptr) return *this;
    begin_field(key);
    log_->chunk_ += truth ? "true" : "false";
    return *this;
}

LogLine& LogLine::add(std::string_view key, double number) {
    if (log_ == nullptr) return *this;
    begin_field(key);
    append_number(log_->chunk_, number);
    return *this;
}

LogLine& LogLine::add_integer(std::string_view key, std::int64_t number) {
    if (log_ == nullptr) return *this;
    begin_field(key);
    append_number(log_->chunk_, number);
    return *this;
}

}  // namespace sluice
