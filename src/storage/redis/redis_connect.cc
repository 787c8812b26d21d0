// One attempt at each address.
#include "storage/redis/redis_connect.h"

#include <fmt/format.h>

#include <utility>

#include "crypto/tls_session.h"

namespace sluice::storage {
namespace {

// For one address, the handshake of TLS included.
constexpr Duration connect_timeout = std::chrono::seconds{1};

}  // namespace

RedisConnector::RedisConnector(io::Shard& shard, const RedisSettings& settings, RedisLookup lookup)
    : shard_(shard), settings_(settings), lookup_(std::move(lookup)) {
    if (settings.trust) tls_.emplace(*settings.trust);
}

io::Task<RedisConnector::Connected> RedisConnector::connect(io::CancelScope& scope) {
    const std::vector<io::Address> addresses = co_await lookup_();
    std::string reason = "its name does not resolve";
    for (const io::Address& address : addresses) {
        if (scope.cancelled()) break;
        Connected connected = co_await connect_to(address, &scope);
        if (connected) co_return connected;
        reason = fmt::format("{}: {}", address.text(), connected.error());
    }
    co_return std::unexpected(std::move(reason));
}

io::Task<RedisConnector::Connected> RedisConnector::connect_to(io::Address address,
                                                               io::CancelScope* scope) {
    io::CancelScope attempt(scope);
    io::Deadline deadline(attempt);
    shard_.timers().start(deadline, shard_.now() + connect_timeout);
    auto connected = co_await io::connect(shard_, address, &attempt);
    if (!connected) co_return std::unexpected(std::string(connected.error().text()));
    std::unique_ptr<io::Stream> stream = *std::move(connected);
    if (!tls_) co_return stream;
    stream->start_tls(tls_->connect(settings_.host), tls_buffers_);
    const io::Result<void> established = co_await stream->handshake(&attempt);
    if (established) co_return stream;
    std::string reason(stream->tls()->failed() ? stream->tls()->error()
                                               : established.error().text());
    co_await stream->close();
    co_return std::unexpected("TLS: " + std::move(reason));
}

}  // namespace sluice::storage
