// Moving commands and replies.
#include "storage/redis/redis_link.h"

#include <hiredis/hiredis.h>
#include <hiredis/read.h>

#include <array>
#include <utility>

#include "base/check.h"
#include "io/task_group.h"

namespace sluice::storage {
namespace {

// Commands that wait for their replies; one more is not sent.
constexpr std::size_t owed_max = 4096;
// After so long without any reply, while some are owed, the connection counts as dead.
constexpr Duration silence_max = std::chrono::seconds{1};
// No reply of ours is longer than a script's error.
constexpr std::size_t reply_bytes_max = std::size_t{64} * 1024;
constexpr std::size_t words_max = 8;  // of a command

RedisReply to_reply(const redisReply& native) {
    RedisReply reply{.kind = RedisReply::Kind::other};
    switch (native.type) {
        case REDIS_REPLY_STRING:
        case REDIS_REPLY_STATUS:
            reply.kind = RedisReply::Kind::text;
            reply.text.assign(native.str, native.len);
            break;
        case REDIS_REPLY_ERROR:
            reply.kind = RedisReply::Kind::error;
            reply.text.assign(native.str, native.len);
            break;
        case REDIS_REPLY_INTEGER:
            reply.kind = RedisReply::Kind::integer;
            reply.integer = native.integer;
            break;
        case REDIS_REPLY_NIL:
            reply.kind = RedisReply::Kind::nil;
            break;
        default:
            break;
    }
    return reply;
}

bool append_command(std::string& out, std::span<const std::string_view> words) {
    std::array<const char*, words_max> texts;
    std::array<std::size_t, words_max> lengths;
    CHECK(!words.empty() && words.size() <= words_max);
    for (std::size_t i = 0; i < words.size(); ++i) {
        texts[i] = words[i].data();
        lengths[i] = words[i].size();
    }
    char* command = nullptr;
    const long long length = redisFormatCommandArgv(&command, static_cast<int>(words.size()),
                                                    texts.data(), lengths.data());
    if (length < 0) return false;
    out.append(command, static_cast<std::size_t>(length));
    redisFreeCommand(command);
    return true;
}

}  // namespace

void RedisLink::FreeReader::operator()(redisReader* reader) const {
    redisReaderFree(reader);
}

RedisLink::RedisLink(io::Shard& shard, std::unique_ptr<io::Stream> stream)
    : shard_(shard),
      stream_(std::move(stream)),
      reader_(redisReaderCreate()),
      something_to_send_(shard) {
    CHECK(reader_ != nullptr, "out of memory");
}

RedisLink::~RedisLink() {
    CHECK(owed_.empty(), "a connection to Redis was dropped while somebody waits for it");
}

void RedisLink::Ask::await_suspend(std::coroutine_handle<> awaiting) {
    awaiting_ = awaiting;
    number_ = link_.first_number_ + link_.owed_.size();
    if (link_.owed_.empty() && link_.silence_ != nullptr) {
        link_.shard_.timers().start(*link_.silence_, link_.shard_.now() + silence_max);
    }
    CHECK(!link_.ended_ && link_.owed_.size() < owed_max, "await a question where it is asked");
    link_.owed_.push_back(this);
    link_.shard_.timers().start(*this, link_.shard_.now() + patience_);
}

void RedisLink::Ask::on_timer() {
    link_.abandon(number_);
    finish({});
}

void RedisLink::Ask::finish(RedisReply reply) {
    stop();
    reply_ = std::move(reply);
    link_.shard_.make_ready(awaiting_);
}

RedisLink::Ask RedisLink::ask(std::span<const std::string_view> words, Duration patience) {
    const bool sent = !ended_ && owed_.size() < owed_max && append_command(output_, words);
    if (sent) something_to_send_.set();
    return {*this, sent, patience};
}

io::Task<void> RedisLink::run(io::CancelScope& scope) {
    CHECK(silence_ == nullptr && !ended_, "a link runs once");
    io::CancelScope alive(&scope);
    io::Deadline silence(alive);
    silence_ = &silence;
    io::TaskGroup sender;
    sender.spawn(send_all(&alive));
    co_await receive_all(&alive);
    ended_ = true;
    if (alive.reason().timed_out() && fault_.empty()) fault_ = "it does not answer";
    silence_ = nullptr;
    silence.stop();
    alive.cancel();
    co_await sender.join();
    fail_all();
    co_await stream_->close();
}

io::Task<void> RedisLink::send_all(io::CancelScope* alive) {
    for (;;) {
        if (!co_await something_to_send_.wait(alive)) co_return;
        something_to_send_.reset();
        sending_.swap(output_);
        const io::Result<void> sent = co_await stream_->send(sending_, alive);
        sending_.clear();
        if (sent) continue;
        if (fault_.empty() && !alive->cancelled()) fault_ = sent.error().text();
        alive->cancel();
        co_return;
    }
}

io::Task<void> RedisLink::receive_all(io::CancelScope* alive) {
    for (;;) {
        const io::Result<io::ReceivedBuffer> received = co_await stream_->receive(alive);
        if (!received) {
            if (fault_.empty() && !alive->cancelled()) fault_ = received.error().text();
            co_return;
        }
        if (received->bytes().empty()) {
            if (fault_.empty()) fault_ = "it closed the connection";
            co_return;
        }
        if (!read(received->bytes())) co_return;
        if (owed_.empty()) {
            silence_->stop();
        } else {
            shard_.timers().start(*silence_, shard_.now() + silence_max);
        }
    }
}

bool RedisLink::read(std::string_view bytes) {
    unparsed_bytes_ += bytes.size();
    bool understood = redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) == REDIS_OK;
    while (understood) {
        void* native = nullptr;
        understood = redisReaderGetReply(reader_.get(), &native) == REDIS_OK;
        if (native == nullptr) break;
        unparsed_bytes_ = 0;
        RedisReply reply = to_reply(*static_cast<redisReply*>(native));
        freeReplyObject(native);
        if (!deliver(std::move(reply))) return false;
    }
    if (understood && unparsed_bytes_ <= reply_bytes_max) return true;
    fault_ = "it does not speak the Redis protocol";
    return false;
}

bool RedisLink::deliver(RedisReply reply) {
    if (owed_.empty()) {
        fault_ =
            reply.kind == RedisReply::Kind::error ? reply.text : "it sent an unexpected message";
        return false;
    }
    Ask* const asker = owed_.front();
    owed_.pop_front();
    ++first_number_;
    if (asker != nullptr) asker->finish(std::move(reply));
    return true;
}

void RedisLink::abandon(std::uint64_t number) {
    CHECK(number >= first_number_ && number - first_number_ < owed_.size());
    CHECK(owed_[number - first_number_] != nullptr, "a question is abandoned once");
    owed_[number - first_number_] = nullptr;
}

void RedisLink::fail_all() {
    for (Ask* const asker : owed_) {
        if (asker != nullptr) asker->finish({});
    }
    owed_.clear();
}

}  // namespace sluice::storage
