#include "oauth/clients/client_document_cache.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "http/uri.h"
#include "oauth/clients/client_document.h"
#include "oauth/clients/client_document_fetch.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

// From the last use on; longer than any document is fresh or stale.
constexpr Duration remembered = std::chrono::hours{49};
constexpr Seconds overloaded_retry{2};
// A copy that the program brought along is good for so long before its host is asked again: a box
// without a way out would wait at each.
constexpr Duration known_copy_fresh_for = std::chrono::minutes{10};

Error overloaded() {
    return {ErrorCode::busy, "Too many metadata documents of clients are being fetched.",
            Challenge::none, overloaded_retry};
}

std::string host_of(std::string_view url) {
    const auto uri = http::parse_uri(url);
    return uri ? std::string(uri->host.value_or("")) : std::string();
}

}  // namespace

ClientDocumentCache::ClientDocumentCache(std::uint64_t hash_seed)
    : entries_(remembered, documents_max, storage::TextHash{hash_seed}),
      copies_(remembered, documents_max, storage::TextHash{hash_seed}) {}

ClientDocumentCache::Handle ClientDocumentCache::entry_of(ShardState& owner,
                                                          const std::string& url) {
    if (Handle* known = entries_.find(url, owner.now())) {
        Handle entry = *known;
        entries_.renew(url, owner.now());
        return entry;
    }
    return entries_.put(url, std::make_shared<Entry>(owner.shard), owner.now());
}

Result<DocumentClient> ClientDocumentCache::answer_of(const Entry& entry, MonotonicTime now) {
    if (entry.client && now < entry.fresh_until) {
        return DocumentClient{*entry.client, entry.fresh_until - now};
    }
    CHECK(entry.failure.has_value(), "neither a document nor a reason");
    return failure(*entry.failure);
}

io::Task<Result<DocumentClient>> ClientDocumentCache::find(ShardState& owner, std::string url) {
    const Handle entry = entry_of(owner, url);
    const bool fresh = entry->client && owner.now() < entry->fresh_until;
    const bool failed = entry->failure && owner.now() < entry->failed_until;
    if (!fresh && !failed) {
        if (!entry->in_flight) {
            auto permit = fetches_of_host_.acquire(host_of(url));
            if (!permit || fetches_.size() >= fetches_max) co_return failure(overloaded());
            entry->in_flight = true;
            entry->done.reset();
            fetches_.spawn(fetch(&owner, url, entry, *std::move(permit)));
        }
        co_await entry->done.wait();
    }
    co_return answer_of(*entry, owner.now());
}

// On its own, so that closing what was used for it keeps nobody waiting.
io::Task<void> ClientDocumentCache::fetch(ShardState* owner, std::string url, Handle entry,
                                          ConcurrencyLimit::Permit) {
    http::Client client(owner->shard, owner->workers);
    std::expected<FetchedDocument, DocumentFault> fetched =
        owner->http_client != nullptr
            ? co_await fetch_client_document(*owner, client, url)
            : failure(DocumentFault{{ErrorCode::invalid_client, "Nothing is fetched here."}, true});
    const MonotonicTime now = owner->now();
    entry->failure.reset();
    if (fetched) {
        entry->client = std::move(fetched->client);
        entry->fresh_until = now + fetched->fresh_for;
        entry->stale_until = entry->fresh_until + stale_ttl;
    } else if (entry->client && now < entry->stale_until && fetched.error().away) {
        entry->fresh_until = now + failure_ttl;
    } else if (const auto known =
                   parse_client_document(find_known_client_document(url), url, owner->settings)) {
        entry->client = *known;
        entry->fresh_until = entry->stale_until = now + known_copy_fresh_for;
    } else {
        entry->client.reset();
        entry->failure = std::move(fetched).error().error;
        entry->failed_until = now + failure_ttl;
    }
    CHECK(entry->in_flight, "one fetch at a time for a URL");
    entry->in_flight = false;
    entry->done.set();
    co_await client.close();
}

bool ClientDocumentCache::is_copy_fresh(std::string_view url, MonotonicTime now) {
    const MonotonicTime* until = copies_.find(url, now);
    return until != nullptr && now < *until;
}

void ClientDocumentCache::note_copy(std::string_view url, Duration fresh_for, MonotonicTime now) {
    copies_.put(std::string(url), now + fresh_for, now);
}

io::Task<void> ClientDocumentCache::close() {
    co_await fetches_.join();
}

io::Task<Result<>> know_document_client(ShardState& state, std::string_view url) {
    const ClientDocumentSettings& settings = state.settings.client_documents;
    if (!settings.enabled) co_return Result<>();  // nobody has that identifier
    const ClientHandle* known = state.clients.find(url);
    if (known != nullptr && state.documents.is_copy_fresh(url, state.now())) co_return Result<>();
    if (const auto fault = client_document_url_fault(url)) {
        co_return refuse(ErrorCode::invalid_client,
                         std::string("The client_id ").append(*fault).append("."));
    }
    if (!is_document_host_allowed(settings, host_of(url))) {
        co_return refuse(ErrorCode::invalid_client, "Clients of this host are not allowed here.");
    }
    auto found = co_await state.peers.run(
        state.shard, state.owner_of(url),
        [url](ShardState& owner) { return owner.documents.find(owner, std::string(url)); });
    if (!found) {
        state.clients.remove(url);
        co_return failure(std::move(found).error());
    }
    state.documents.note_copy(url, found->fresh_for, state.now());
    state.clients.add_document(std::move(found->client));
    co_return Result<>();
}

}  // namespace sluice::oauth
