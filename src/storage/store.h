// Storage engine interface: keeps what must outlive the process, and where several boxes share one
// engine it decides who was first (compare-and-set).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "crypto/digest.h"
#include "io/cancel.h"
#include "io/shard.h"
#include "io/task.h"
#include "token/token_text.h"

namespace sluice::storage {

/// Why an engine gave no answer. The engine logs the details; a client gets 503 for either.
enum class StoreError : std::uint8_t {
    unavailable,  // the database is away, stalled, or refuses; whether a write happened is unknown
    overloaded,   // too much waits already: nothing was tried
};

template <class T = void>
using StoreResult = std::expected<T, StoreError>;

/// What became of a write with a condition. It is one transaction: all of it happened, or nothing.
enum class Outcome : std::uint8_t {
    done,
    conflict,  // the condition did not hold
};

// Times are whole seconds since 1970. Views in what is written live until the task ends.

struct AccessToken {
    crypto::Digest digest;      // SHA-256 of `text`
    std::string_view text;      // for engines that keep tokens in plain; the others do not look
    std::string_view scope;     // may be less than the grant's
    std::string_view resource;  // empty: none in particular
    std::int64_t issued_at = 0;
    std::int64_t expires_at = 0;
};

struct RefreshToken {
    crypto::Digest digest;
    std::string_view text;
    std::int64_t issued_at = 0;
    std::int64_t expires_at = 0;
};

/// Who authorized what: the same for all tokens of a grant.
struct GrantClaims {
    std::string_view client_id;
    std::string_view username;  // empty: the client acts for itself
    std::string_view scope;     // all that was granted
    std::string_view resource;  // empty: none in particular
};

/// What one answer of the token endpoint hands out. The tag names the grant.
struct NewTokens {
    token::GrantTag tag;
    GrantClaims claims;
    AccessToken access;
    std::optional<RefreshToken> refresh;
};

/// A refresh token that gives way to a successor.
struct Replaced {
    crypto::Digest digest;
    std::string_view text;
    std::int64_t rotated_at = 0;
    std::int64_t forget_before = 0;  // those of the grant that were replaced earlier may go
};

/// A token that somebody presents.
struct TokenKey {
    token::GrantTag tag;
    crypto::Digest digest;
    std::string_view text;
};

/// The tag under which a token is kept that another server has made (engines that keep tokens in
/// plain share their tables with one): the first 48 bits of its digest.
inline token::GrantTag foreign_tag(const crypto::Digest& digest) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 6; ++i) value = value << 8 | static_cast<std::uint8_t>(digest[i]);
    return token::GrantTag(value);
}

/// A token as it is read.
struct StoredToken {
    crypto::Digest digest{};
    std::string client_id;
    std::string username;
    std::string scope;  // of a refresh token: the grant's
    std::string resource;
    std::int64_t issued_at = 0;
    std::int64_t expires_at = 0;
    std::int64_t rotated_at = 0;  // of a refresh token: 0 while it is the current one
};

/// All tokens of a grant that have not expired; none where the grant is unknown or revoked.
struct Family {
    std::vector<StoredToken> access;
    std::vector<StoredToken> refresh;
};

/// Of a grant, that live: those issued earliest make room. A client that refreshes faster than its
/// tokens expire makes no family that costs others anything.
inline constexpr std::size_t access_tokens_max = 64;

/// Which grants are meant: those with all that is said here.
struct GrantFilter {
    std::optional<std::string_view> client_id;
    std::optional<std::string_view> username;
    std::optional<std::string_view> resource;  // of any of its tokens

    bool matches(std::string_view client, std::string_view user, std::string_view at) const {
        return client_id.value_or(client) == client && username.value_or(user) == user &&
               resource.value_or(at) == at;
    }
};

/// A part of all grants: tags are spread evenly, so parts of one width hold about as many each.
struct TagRange {
    std::uint64_t first = 0;
    std::uint64_t last = token::GrantTag::value_max;  // inclusive
};

/// A grant that lives, as operators see it.
struct StoredGrant {
    token::GrantTag tag;
    std::string client_id;
    std::string username;  // empty: the client acts for itself
    std::string scope;     // the widest that is known
    std::string resource;
    std::int64_t issued_at = 0;   // of the oldest token that is left
    std::int64_t expires_at = 0;  // of the one that lives longest
};

/// Everything that is no token. The numbers are in the databases: they never change.
enum class DocumentKind : std::uint8_t {
    client = 1,              // registered (RFC 7591); key: client_id
    user = 2,                // key: username
    api_key = 3,             // key: its digest
    consent = 4,             // key: a digest of who, for whom, where to
    session = 5,             // of a browser; key: a digest
    authorization_code = 6,  // key: its digest
    redeemed_code = 7,       // key: the code's digest
    device_code = 8,         // RFC 8628; key: its digest
    assertion_id = 9,        // `jti` of client assertions and proofs (RFC 7523 §3); key: issuer, id
    server_key = 10,         // sealed secrets of the server; key: what for
    friction_penalty = 11,   // key: a resource and a client
    configured_account = 12,  // users and clients that the configuration had; key: what and name
    told_revocation = 13,     // of an engine, for itself
};
inline constexpr std::size_t document_kinds = 14;

struct DocumentKey {
    DocumentKind kind;
    std::string_view key;  // at most 512 bytes of UTF-8 without NUL
};

struct Document {
    DocumentKind kind;
    std::string_view key;
    std::string_view value;  // JSON, or sealed text; at most 64 KiB of UTF-8 without NUL
    Duration lifetime{};     // from now on; 0: until it is erased
};

struct StoredDocument {
    std::string key;
    std::string value;
};

enum class PutMode : std::uint8_t {
    replace,   // whatever was there
    only_new,  // conflict where something is there that has not expired
};

enum class StoreState : std::uint8_t {
    available,
    away,    // for now: it is tried again and again
    failed,  // for good: what is in it may not be what was written, so the process has to end
};

/// What an engine tells a shard of its own accord, on that shard.
class StoreListener {
public:
    virtual ~StoreListener() = default;
    /// The grant is dead: another box, or another program, has revoked it. May come more than once.
    virtual void on_revoked(token::GrantTag tag) = 0;
    /// What memory holds may be believed until then. Said again and again where Store::is_shared(),
    /// never by others: theirs may be believed for ever.
    virtual void on_trust(MonotonicTime until) = 0;
    /// Revocations may have been missed for good: nothing that is in memory now is to be believed
    /// before it was read again.
    virtual void on_gap() = 0;
    /// Told on shard 0 alone, for the log, where Store::is_shared(): whether it hears of
    /// revocations elsewhere. detail  Why not; no secret.
    virtual void on_feed(bool follows, std::string_view detail) = 0;
    /// Told on shard 0 alone, for the log. detail  What an operator can mend; no secret.
    virtual void on_state(StoreState state, std::string_view detail) = 0;
};

/// One shard's access to an engine; every function is called on that shard. Writes are durable
/// when their task ends with a value. Any number may be under way at once; between them there is no
/// order but that of waiting for one before the next is begun.
class Store {
public:
    virtual ~Store() = default;

    /// The engine's own work on this shard, until `scope` is cancelled; then it waits until nothing
    /// is under way and lets go of everything.
    virtual io::Task<void> run(io::CancelScope& scope) = 0;
    /// Whom to tell; at most one, which outlives the store. Before the shards run.
    virtual void listen(StoreListener& listener) = 0;
    /// For /readyz.
    virtual StoreState state() const = 0;
    /// True where memory is all there is: nothing that load() could find was ever forgotten.
    virtual bool keeps_nothing() const = 0;
    /// True where others write to it too: memory is not to be believed before on_trust().
    virtual bool is_shared() const = 0;

    // Token families.

    /// Conflict: another grant has this tag.
    virtual io::Task<StoreResult<Outcome>> add_grant(const NewTokens& tokens) = 0;
    /// Erases `code`, puts `redeemed` (of the same key) and adds the first tokens of a grant.
    /// Conflict: the code is not there (any more), or another grant has this tag.
    virtual io::Task<StoreResult<Outcome>> redeem(const DocumentKey& code, const Document& redeemed,
                                                  const NewTokens& tokens) = 0;
    /// Adds the successor, and an access token beside it. Conflict: `replaced` is not the current
    /// token of a living grant (any more).
    virtual io::Task<StoreResult<Outcome>> rotate(const Replaced& replaced,
                                                  const NewTokens& tokens) = 0;
    /// Another access token of a living grant; `tokens.refresh` is nothing. Conflict: the grant is
    /// not there (any more).
    virtual io::Task<StoreResult<Outcome>> add_access(const NewTokens& tokens) = 0;
    /// All tokens of the grant are gone from now on, here at once and for other boxes soon.
    virtual io::Task<StoreResult<>> revoke(token::GrantTag tag) = 0;
    /// All tokens of the grant that a presented token belongs to.
    virtual io::Task<StoreResult<Family>> load(const TokenKey& presented) = 0;
    /// The living grants of a part that are meant, in the order of their tags. Reads all tokens of
    /// the part: not for requests. Nothing where keeps_nothing().
    virtual io::Task<StoreResult<std::vector<StoredGrant>>> find_grants(const GrantFilter& filter,
                                                                        TagRange part) = 0;

    // Documents. What has expired is not there.

    virtual io::Task<StoreResult<Outcome>> put(const Document& document, PutMode mode) = 0;
    virtual io::Task<StoreResult<std::optional<std::string>>> get(const DocumentKey& key) = 0;
    /// Done for exactly one caller; conflict where it is not there.
    virtual io::Task<StoreResult<Outcome>> erase(const DocumentKey& key) = 0;
    /// At most `count_max` documents of a kind in the order of their keys (by bytes), behind
    /// `after`.
    virtual io::Task<StoreResult<std::vector<StoredDocument>>> list(DocumentKind kind,
                                                                    std::string_view after,
                                                                    std::size_t count_max) = 0;
};

/// One for the process; outlives its stores and is dropped on the thread that made it, when all
/// shards have ended.
class Engine {
public:
    virtual ~Engine() = default;
    /// For every shard once, before the first one runs.
    virtual std::unique_ptr<Store> open(io::Shard& shard) = 0;
};

}  // namespace sluice::storage
