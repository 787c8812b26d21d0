// Redis connect: addresses, TCP, TLS.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/tls_client_context.h"
#include "io/address.h"
#include "io/cancel.h"
#include "io/shard.h"
#include "io/stream.h"
#include "io/task.h"
#include "io/tls_buffers.h"
#include "storage/redis/redis_settings.h"

namespace sluice::storage {

/// The addresses that Redis has now; none where its name has none. Off the shard's thread.
using RedisLookup = std::function<io::Task<std::vector<io::Address>>()>;

/// How one shard connects.
class RedisConnector {
public:
    RedisConnector(io::Shard& shard, const RedisSettings& settings, RedisLookup lookup);

    /// Tries every address; the error is a phrase for an operator.
    io::Task<std::expected<std::unique_ptr<io::Stream>, std::string>> connect(
        io::CancelScope& scope);

private:
    using Connected = std::expected<std::unique_ptr<io::Stream>, std::string>;
    io::Task<Connected> connect_to(io::Address address, io::CancelScope* scope);

    io::Shard& shard_;
    const RedisSettings& settings_;
    RedisLookup lookup_;
    io::TlsBuffers tls_buffers_;
    std::optional<crypto::TlsClientContext> tls_;
};

}  // namespace sluice::storage
