// Finding and keeping copies.
#include "oauth/introspection/remote_token_cache.h"

#include <optional>

#include "base/check.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {

RemoteToken RemoteToken::of(storage::GrantStore& grants, const storage::AccessRecord& record) {
    CHECK(grants.find(record.grant) != nullptr, "a token that was found has a grant");
    const auto& revocations = grants.revocations(grants.find(record.grant)->tag);
    return {.info = record.claims->info,
            .issued_at = record.issued_at,
            .lifetime_s = record.lifetime_s,
            .deadline = record.deadline,
            .revocations = &revocations,
            .revocations_seen = revocations.load()};
}

RemoteTokenCache::Place& RemoteTokenCache::place_of(const crypto::Digest& digest) const {
    return reinterpret_cast<Place*>(memory_.data())[crypto::DigestHash{}(digest) % size_max];
}

const storage::AccessRecord* RemoteTokenCache::find(const crypto::Digest& digest,
                                                    MonotonicTime now) const {
    if (memory_.data() == nullptr) return nullptr;
    const Place& place = place_of(digest);
    const bool is_good = place.record.claims != nullptr && place.digest == digest &&
                         place.record.deadline > now &&
                         place.revocations->load() == place.revocations_seen;
    return is_good ? &place.record : nullptr;
}

const storage::AccessRecord& RemoteTokenCache::keep(const crypto::Digest& digest,
                                                    const RemoteToken& token) {
    if (memory_.data() == nullptr) {
        memory_ = HugePages(size_max * sizeof(Place), size_max * sizeof(Place));
    }
    CHECK(token.revocations != nullptr, "a copy without an end");
    Place& place = place_of(digest);
    const token::TokenInfo& info = token.info;
    storage::Claims& claims = claims_.acquire(
        info.client_id, info.username, info.scope.text(),
        info.audience.empty() ? std::string_view{} : info.audience.front(), info.issuer);
    if (place.record.claims != nullptr) claims_.release(*place.record.claims);
    place = {.digest = digest,
             .record = {.claims = &claims,
                        .grant = {},
                        .issued_at = token.issued_at,
                        .lifetime_s = token.lifetime_s,
                        .deadline = token.deadline},
             .revocations = token.revocations,
             .revocations_seen = token.revocations_seen};
    return place.record;
}

const storage::AccessRecord* find_access_here(ShardState& state, unsigned owner,
                                              const crypto::Digest& digest) {
    if (owner == state.here()) return state.tokens.find_access(digest);
    return state.tokens.is_trusted() ? state.remote_tokens.find(digest, state.now()) : nullptr;
}

namespace {

io::Task<storage::StoreResult<std::optional<RemoteToken>>> read_at_owner(
    ShardState& owner, const storage::TokenKey& key) {
    CHECK(owner.owner_of(key.tag) == owner.here(), "only the owner says what is good");
    CO_TRY(const storage::AccessRecord* record, co_await owner.tokens.read_access(key));
    if (record == nullptr) co_return std::nullopt;
    co_return RemoteToken::of(owner.tokens.memory(), *record);
}

}  // namespace

io::Task<storage::StoreResult<const storage::AccessRecord*>> fetch_access(
    ShardState& state, unsigned owner, const storage::TokenKey& key) {
    if (owner == state.here()) co_return co_await state.tokens.read_access(key);
    CO_TRY(const std::optional<RemoteToken> found,
           co_await state.peers.run(state.shard, owner, [&key](ShardState& there) {
               return read_at_owner(there, key);
           }));
    if (!found) co_return nullptr;
    co_return &state.remote_tokens.keep(key.digest, *found);
}

}  // namespace sluice::oauth
