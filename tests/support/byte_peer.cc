#include "tests/support/byte_peer.h"

#include "io/event.h"

namespace sluice::simulation {

io::Task<std::unique_ptr<BytePeer>> BytePeer::connect(io::Shard& shard, io::Address address,
                                                      unsigned attempts) {
    for (unsigned i = 0; i < attempts; ++i) {
        auto stream = co_await io::connect(shard, address, nullptr);
        if (stream) co_return std::make_unique<BytePeer>(*std::move(stream));
        co_await io::Sleep(shard, std::chrono::milliseconds{5});
    }
    co_return nullptr;
}

io::Task<bool> BytePeer::send(std::string bytes) {
    const auto sent = co_await stream_->send(bytes, scope_);
    if (!sent) error_ = sent.error();
    co_return sent.has_value();
}

io::Task<bool> BytePeer::fill() {
    if (ended_) co_return false;
    auto received = co_await stream_->receive(scope_);
    if (!received) error_ = received.error();
    ended_ = !received || received->bytes().empty();
    if (!ended_) unread_ += received->bytes();
    co_return !ended_;
}

io::Task<std::string> BytePeer::take(std::size_t count) {
    while (unread_.size() < count && co_await fill()) {
    }
    std::string taken = unread_.substr(0, count);
    unread_.erase(0, count);
    co_return taken;
}

io::Task<std::string> BytePeer::take_through(std::string mark) {
    std::size_t at = unread_.find(mark);
    while (at == std::string::npos && co_await fill()) at = unread_.find(mark);
    co_return co_await take(at == std::string::npos ? unread_.size() : at + mark.size());
}

io::Task<std::string> BytePeer::take_to_end() {
    while (co_await fill()) {
    }
    co_return co_await take(unread_.size());
}

io::Task<void> BytePeer::close() {
    return stream_->close();
}

}  // namespace sluice::simulation
