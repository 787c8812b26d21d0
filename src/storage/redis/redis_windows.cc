// Asking, watching, and saying when Redis goes away and comes back.
#include "storage/redis/redis_windows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/check.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "io/event.h"
#include "io/task_group.h"
#include "storage/redis/window_script.h"

namespace sluice::storage {
namespace {

constexpr Duration watch_interval = std::chrono::seconds{1};
// For what no request waits for.
constexpr Duration prepare_timeout = std::chrono::seconds{1};
// Whoever was there for so long is tried again soon.
constexpr Duration proven = std::chrono::seconds{10};
constexpr Duration refusals_kept = std::chrono::minutes{1};
constexpr std::size_t refusals_max = 10'000;
constexpr std::size_t reason_bytes_max = 200;

// Of one length whatever is counted, and nobody's address or name.
class RedisKey {
public:
    RedisKey(std::string_view kind, std::string_view text) {
        kind.copy(text_.data(), kind.size());
        const crypto::Digest digest = crypto::sha256(text);
        crypto::write_base64url(digest, text_.data() + kind.size());
        CHECK(kind.size() + 43 <= text_.size());
        size_ = kind.size() + 43;
    }
    std::string_view text() const { return {text_.data(), size_}; }

private:
    std::array<char, 64> text_;
    std::size_t size_;
};

Seconds at_least_a_second(Duration wait) {
    return std::max(Seconds{1}, std::chrono::ceil<Seconds>(wait));
}

std::int64_t whole_ms(Duration duration) {
    return std::max<std::int64_t>(1,
                                  std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

}  // namespace

std::unique_ptr<SharedWindows> Redis::open(io::Shard& shard, RedisLookup lookup,
                                           SharedWindowsListener& listener) {
    return std::make_unique<RedisWindows>(*this, shard, std::move(lookup), listener);
}

RedisWindows::RedisWindows(Redis& redis, io::Shard& shard, RedisLookup lookup,
                           SharedWindowsListener& listener)
    : redis_(redis),
      shard_(shard),
      connector_(shard, redis.settings(), std::move(lookup)),
      listener_(listener),
      refused_until_(refusals_kept, refusals_max, TextHash{shard.random().next_u64()}) {}

io::Task<void> RedisWindows::run(io::CancelScope& scope) {
    CHECK(running_ == nullptr, "it runs already");
    running_ = &scope;
    while (!scope.cancelled()) {
        const std::string reason = co_await serve_connection(scope);
        become_away(reason);
        co_await io::Sleep(shard_, backoff_.next(shard_.random()), &scope);
    }
    running_ = nullptr;
}

// Until the connection is of no more use; gives the reason.
io::Task<std::string> RedisWindows::serve_connection(io::CancelScope& scope) {
    auto connected = co_await connector_.connect(scope);
    if (!connected) co_return std::move(connected).error();
    CHECK(link_ == nullptr && alive_ == nullptr, "one connection at a time");
    link_ = std::make_unique<RedisLink>(shard_, *std::move(connected));
    io::CancelScope alive(&scope);
    alive_ = &alive;
    io::TaskGroup watch;
    watch.spawn(keep_watch(&alive));
    co_await link_->run(alive);
    alive.cancel();
    co_await watch.join();
    alive_ = nullptr;
    const std::unique_ptr<RedisLink> ended = std::move(link_);
    co_return ended->fault();
}

io::Task<void> RedisWindows::keep_watch(io::CancelScope* alive) {
    const std::string fault = co_await prepare();
    if (alive->cancelled()) co_return;
    if (!fault.empty()) {
        become_away(fault);
        alive->cancel();
        co_return;
    }
    become_available();
    for (;;) {
        const Duration pause =
            state_ == State::available ? watch_interval : backoff_.next(shard_.random());
        if (!co_await io::Sleep(shard_, pause, alive)) co_return;
        const RedisReply reply = co_await link_->ask({"PING"}, redis_.settings().timeout);
        if (alive->cancelled()) co_return;
        if (reply.kind == RedisReply::Kind::text) {
            become_available();
        } else {
            judge(reply);
        }
    }
}

// Everything that may fail later is tried once, writing too. Gives what is wrong; empty: nothing.
io::Task<std::string> RedisWindows::prepare() {
    const RedisSettings& settings = redis_.settings();
    RedisReply reply;
    if (!settings.password.empty()) {
        std::vector<std::string_view> words{"AUTH", settings.password.reveal()};
        if (!settings.username.empty()) words.insert(words.begin() + 1, settings.username);
        reply = co_await link_->ask(words, prepare_timeout);
        // The code alone: behind it, some servers repeat what they were sent.
        if (reply.kind == RedisReply::Kind::error) {
            co_return "AUTH is refused: " + reply.text.substr(0, reply.text.find(' '));
        }
    }
    if (settings.database != 0) {
        const std::string number = std::to_string(settings.database);
        reply = co_await link_->ask({"SELECT", number}, prepare_timeout);
        if (reply.kind == RedisReply::Kind::error) co_return reply.text;
    }
    reply = co_await link_->ask({"SCRIPT", "LOAD", window_script}, prepare_timeout);
    if (reply.kind == RedisReply::Kind::error) co_return reply.text;
    script_digest_ = reply.text;
    constexpr WindowLimit harmless{1, std::chrono::milliseconds{1}};
    reply = co_await run_script("sluice:window:probe", harmless, prepare_timeout);
    if (reply.kind == RedisReply::Kind::error) co_return reply.text;
    co_return reply.kind == RedisReply::Kind::integer ? "" : "it does not answer";
}

io::Task<RedisReply> RedisWindows::run_script(std::string_view key, WindowLimit limit,
                                              Duration patience) {
    const std::string requests = std::to_string(limit.requests);
    const std::string window_us = std::to_string(limit.window / std::chrono::microseconds{1});
    RedisReply reply =
        co_await link_->ask({"EVALSHA", script_digest_, "1", key, requests, window_us}, patience);
    const bool forgotten =
        reply.kind == RedisReply::Kind::error && reply.text.starts_with("NOSCRIPT");
    if (!forgotten || link_ == nullptr) co_return reply;
    co_return co_await link_->ask({"EVAL", window_script, "1", key, requests, window_us}, patience);
}

io::Task<Shared<Seconds>> RedisWindows::admit(std::string_view key, WindowLimit limit) {
    if (!is_usable()) co_return std::unexpected(decide_alone());
    const MonotonicTime asked_at = shard_.now();
    const MonotonicTime* const until = refused_until_.find(key, asked_at);
    if (until != nullptr && *until > asked_at) {
        ++counts_.answered;
        co_return at_least_a_second(*until - asked_at);
    }
    const RedisKey window("sluice:window:", key);
    const RedisReply reply = co_await run_script(window.text(), limit, redis_.settings().timeout);
    if (reply.kind != RedisReply::Kind::integer) {
        judge(reply);
        co_return std::unexpected(decide_alone());
    }
    ++counts_.answered;
    if (reply.integer <= 0) co_return Seconds{0};
    const Duration wait =
        std::min<Duration>(std::chrono::microseconds{reply.integer}, limit.window);
    refused_until_.expire(asked_at, 4);
    refused_until_.put(std::string(key), asked_at + wait, asked_at);
    co_return at_least_a_second(wait);
}

io::Task<Shared<bool>> RedisWindows::claim(std::string_view id, Duration lifetime) {
    if (!is_usable()) co_return std::unexpected(decide_alone());
    const RedisKey key("sluice:claim:", id);
    const std::string lifetime_ms = std::to_string(whole_ms(lifetime));
    const RedisReply reply = co_await link_->ask({"SET", key.text(), "1", "NX", "PX", lifetime_ms},
                                                 redis_.settings().timeout);
    const bool claimed = reply.kind == RedisReply::Kind::text;
    if (!claimed && reply.kind != RedisReply::Kind::nil) {
        judge(reply);
        co_return std::unexpected(decide_alone());
    }
    ++counts_.answered;
    co_return claimed;
}

Away RedisWindows::decide_alone() {
    ++counts_.decided_alone;
    return {};
}

// A reply that is none. One that says what is wrong ends the connection: the next may lead to
// another server, behind the same name.
void RedisWindows::judge(const RedisReply& unwanted) {
    if (unwanted.kind != RedisReply::Kind::none) {
        const bool error = unwanted.kind == RedisReply::Kind::error;
        become_away(error ? unwanted.text : "a reply of an unexpected kind");
        if (alive_ != nullptr) alive_->cancel();
    } else if (link_ != nullptr && !link_->fault().empty()) {
        become_away(link_->fault());
    } else {
        const auto ms = std::chrono::ceil<std::chrono::milliseconds>(redis_.settings().timeout);
        become_away(fmt::format("no answer within {} ms", ms.count()));
    }
}

void RedisWindows::become_available() {
    if (state_ == State::available) return;
    const bool was_away = state_ == State::away;
    state_ = State::available;
    available_since_ = shard_.now();
    if (was_away && redis_.remove_away()) listener_.on_windows_back();
}

void RedisWindows::become_away(std::string_view reason) {
    if (state_ == State::away || running_ == nullptr || running_->cancelled()) return;
    if (state_ == State::available && shard_.now() - available_since_ >= proven) backoff_.reset();
    state_ = State::away;
    if (redis_.add_away()) listener_.on_windows_away(reason.substr(0, reason_bytes_max));
}

}  // namespace sluice::storage
