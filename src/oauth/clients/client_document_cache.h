// Cache of client ID metadata documents, with single-flight: one fetch at a time for a URL, on the
// shard that owns it; the other shards keep copies until these are no longer fresh.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/concurrency_limit.h"
#include "io/event.h"
#include "io/task.h"
#include "io/task_group.h"
#include "oauth/clients/client.h"
#include "oauth/errors.h"
#include "storage/expiring_map.h"
#include "storage/text_hash.h"

namespace sluice::oauth {

struct ShardState;

/// A client, and how long its document need not be asked for again.
struct DocumentClient {
    Client client;
    Duration fresh_for{};
};

/// One shard's part. Bounded: with more documents than `documents_max`, those that were not used
/// for longest are fetched anew.
class ClientDocumentCache {
public:
    static constexpr std::size_t documents_max = 2'000;
    static constexpr unsigned fetches_of_host_max = 4;
    static constexpr std::size_t fetches_max = 64;
    static constexpr Duration failure_ttl = std::chrono::seconds{30};
    static constexpr Duration stale_ttl = std::chrono::hours{24};

    explicit ClientDocumentCache(std::uint64_t hash_seed);

    /// What this shard, which owns the URL, knows or fetches. Errors: invalid_client where the
    /// document is wrong or not to be had; busy where its host is away or too much is fetched
    /// already. A copy that is no longer fresh is given for a day while the host is away.
    io::Task<Result<DocumentClient>> find(ShardState& owner, std::string url);

    // Whether the copy in this shard's directory is fresh.

    bool is_copy_fresh(std::string_view url, MonotonicTime now);
    void note_copy(std::string_view url, Duration fresh_for, MonotonicTime now);

    /// Waits for what is being fetched.
    io::Task<void> close();

private:
    struct Entry {
        explicit Entry(io::Shard& shard) : done(shard) {}
        std::optional<Client> client;  // the last good one
        MonotonicTime fresh_until{};
        MonotonicTime stale_until{};
        std::optional<Error> failure;
        MonotonicTime failed_until{};
        bool in_flight = false;
        io::Event done;
    };
    using Handle = std::shared_ptr<Entry>;

    Handle entry_of(ShardState& owner, const std::string& url);
    static Result<DocumentClient> answer_of(const Entry& entry, MonotonicTime now);
    io::Task<void> fetch(ShardState* owner, std::string url, Handle entry,
                         ConcurrencyLimit::Permit permit);

    storage::ExpiringMap<std::string, Handle, storage::TextHash> entries_;
    storage::ExpiringMap<std::string, MonotonicTime, storage::TextHash> copies_;  // fresh until
    ConcurrencyLimit fetches_of_host_{fetches_of_host_max};
    io::TaskGroup fetches_;
};

/// Afterwards `state.clients` has the client that the document at `url` describes. Does not suspend
/// where it has it already and the document is fresh. Errors: as ClientDocumentCache::find(), and
/// invalid_client for a URL that may be no client's or whose host is not allowed.
io::Task<Result<>> know_document_client(ShardState& state, std::string_view url);

}  // namespace sluice::oauth
