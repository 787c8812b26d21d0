// Tokens and documents for tests of stores, and short ways to ask about them.
#pragma once

#include <string>
#include <vector>

#include "base/random.h"
#include "storage/store.h"

namespace sluice::storage::conformance {

/// What all tokens of one sample grant say.
struct SampleClaims {
    std::string client_id = "client-1";
    std::string username = "alice";
    std::string scope = "notes:read notes:write";
    std::string resource = "https://notes.example/mcp";
    GrantClaims view() const { return {client_id, username, scope, resource}; }
};

/// An access token and, where wanted, a refresh token of one grant. Owns what new_tokens() shows.
class SampleTokens {
public:
    enum class Kind { access_alone, with_refresh };

    /// now  Seconds since 1970: issued then, and good for an hour and for a day.
    SampleTokens(token::GrantTag tag, Random& random, std::int64_t now,
                 Kind kind = Kind::with_refresh);

    NewTokens new_tokens() const;
    TokenKey access_key() const { return {tag, access_digest, access_text}; }
    TokenKey refresh_key() const { return {tag, refresh_digest, refresh_text}; }
    /// For rotate(): this one's refresh token gives way.
    Replaced replaced(std::int64_t at, std::int64_t forget_before = 0) const {
        return {refresh_digest, refresh_text, at, forget_before};
    }

    token::GrantTag tag;
    Kind kind;
    SampleClaims claims;
    std::string access_scope;     // the grant's, unless a test narrows it
    std::string access_resource;  // the same
    std::string access_text;
    std::string refresh_text;
    crypto::Digest access_digest;
    crypto::Digest refresh_digest;
    std::int64_t issued_at;
    std::int64_t access_expires_at;
    std::int64_t refresh_expires_at;
};

/// Null where the family has no such token.
const StoredToken* find(const std::vector<StoredToken>& tokens, const crypto::Digest& digest);

// Each ends a test with a message where the store gives an error.

io::Task<Family> load(Store& store, TokenKey key);
/// The outcome alone, in words: "done", "conflict", "unavailable", "overloaded".
std::string outcome(const StoreResult<Outcome>& result);
/// The value; "(nothing)" where there is none, "(error)" where the store gave an error.
io::Task<std::string> get(Store& store, DocumentKind kind, std::string_view key);
/// The keys, in the order of the list, one after another with a space between.
io::Task<std::string> keys(Store& store, DocumentKind kind, std::string_view after,
                           std::size_t count_max);
io::Task<std::string> put(Store& store, Document document, PutMode mode = PutMode::replace);
io::Task<std::string> erase(Store& store, DocumentKind kind, std::string_view key);

}  // namespace sluice::storage::conformance
