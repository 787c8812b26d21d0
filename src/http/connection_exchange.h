// Response writer of a server connection: how a handler's stream gets onto the wire.
#pragma once

#include <cstdint>

#include "http/connection.h"
#include "http/exchange.h"

namespace sluice::http {

class ConnectionExchange final : public Exchange {
public:
    explicit ConnectionExchange(Connection& connection);

    io::Task<io::Result<void>> begin_stream() override;
    io::Task<io::Result<void>> write(std::string_view chunk) override;
    io::Task<io::Result<void>> finish() override;
    bool body_complete() const override;
    io::Task<ParseResult<>> read_body(std::size_t bytes_max) override;

    bool streamed() const { return state_ != State::plain; }
    bool finished() const { return state_ == State::finished; }
    std::uint64_t bytes_streamed() const { return bytes_; }

private:
    enum class State : std::uint8_t { plain, streaming, finished };

    io::Task<io::Result<void>> send_output();
    bool sends_body() {
        return request().method() != Method::head && !forbids_body(response().status());
    }

    Connection& connection_;
    State state_ = State::plain;
    bool chunked_;  // else the end of the connection ends the body: HTTP/1.0
    std::uint64_t bytes_ = 0;
};

}  // namespace sluice::http
