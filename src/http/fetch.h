// Fetching a small document (RFC 9110 §9.3.1): 200 alone, no redirect, bounded in size and time.
#pragma once

#include <cstddef>
#include <string>

#include "base/clock.h"
#include "http/client.h"

namespace sluice::http {

struct FetchOptions {
    const crypto::TlsTrust* trust = nullptr;     // of https
    AddressGuard guard = nullptr;                // null: any address
    Duration timeout = std::chrono::seconds{5};  // in all
    std::size_t bytes_max = 64 * 1024;
};

/// The body. What is passed lives until the task ends.
/// Errors: those of Client::send() and read_body(); garbage for another status than 200, and for
/// https without `trust`.
io::Task<ClientResult<std::string>> fetch_json(io::Shard& shard, Client& client, const HttpUrl& url,
                                               FetchOptions options);

}  // namespace sluice::http
