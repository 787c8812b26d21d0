// Coroutines for the far end of a connection: whole sends, and receives up to a mark.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "io/stream.h"

namespace sluice::simulation {

/// A client's connection and the bytes that came and were not taken yet. All errors come out as
/// `false` or fewer bytes, and error() tells which; end it with close().
class BytePeer {
public:
    explicit BytePeer(std::unique_ptr<io::Stream> stream) : stream_(std::move(stream)) {}

    /// Tries again, some milliseconds apart, while connects fail. Null after `attempts`.
    static io::Task<std::unique_ptr<BytePeer>> connect(io::Shard& shard, io::Address address,
                                                       unsigned attempts = 20);

    io::Task<bool> send(std::string bytes);
    /// Exactly `count` bytes, or fewer where the connection ends first.
    io::Task<std::string> take(std::size_t count);
    /// All up to and with `mark`; what there was where the connection ends first.
    io::Task<std::string> take_through(std::string mark);
    io::Task<std::string> take_to_end();
    io::Task<void> close();

    bool ended() const { return ended_; }       // nothing more will come
    io::Error error() const { return error_; }  // code 0: none
    io::Stream& stream() { return *stream_; }
    void set_scope(io::CancelScope* scope) { scope_ = scope; }

private:
    io::Task<bool> fill();

    std::unique_ptr<io::Stream> stream_;
    io::CancelScope* scope_ = nullptr;
    std::string unread_;
    io::Error error_{};
    bool ended_ = false;
};

}  // namespace sluice::simulation
