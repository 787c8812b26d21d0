#include "tests/unit/storage/conformance/samples.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sluice::storage::conformance {

SampleTokens::SampleTokens(token::GrantTag of, Random& random, std::int64_t now, Kind what)
    : tag(of),
      kind(what),
      access_scope(claims.scope),
      access_resource(claims.resource),
      access_text(token::TokenText::generate(token::TokenKind::access, tag, random).text()),
      refresh_text(token::TokenText::generate(token::TokenKind::refresh, tag, random).text()),
      access_digest(crypto::sha256(access_text)),
      refresh_digest(crypto::sha256(refresh_text)),
      issued_at(now),
      access_expires_at(now + 3600),
      refresh_expires_at(now + 86400) {}

NewTokens SampleTokens::new_tokens() const {
    NewTokens tokens{.tag = tag,
                     .claims = claims.view(),
                     .access = {.digest = access_digest,
                                .text = access_text,
                                .scope = access_scope,
                                .resource = access_resource,
                                .issued_at = issued_at,
                                .expires_at = access_expires_at},
                     .refresh = std::nullopt};
    if (kind == Kind::with_refresh) {
        tokens.refresh = RefreshToken{refresh_digest, refresh_text, issued_at, refresh_expires_at};
    }
    return tokens;
}

const StoredToken* find(const std::vector<StoredToken>& tokens, const crypto::Digest& digest) {
    const auto place = std::ranges::find(tokens, digest, &StoredToken::digest);
    return place == tokens.end() ? nullptr : &*place;
}

io::Task<Family> load(Store& store, TokenKey key) {
    StoreResult<Family> family = co_await store.load(key);
    EXPECT_TRUE(family) << "load() gave an error";
    co_return family ? *std::move(family) : Family{};
}

std::string outcome(const StoreResult<Outcome>& result) {
    if (!result) return result.error() == StoreError::overloaded ? "overloaded" : "unavailable";
    return *result == Outcome::done ? "done" : "conflict";
}

io::Task<std::string> get(Store& store, DocumentKind kind, std::string_view key) {
    const auto value = co_await store.get({kind, key});
    EXPECT_TRUE(value) << "get() gave an error";
    if (!value) co_return "(error)";
    co_return value->value_or("(nothing)");
}

io::Task<std::string> keys(Store& store, DocumentKind kind, std::string_view after,
                           std::size_t count_max) {
    const auto documents = co_await store.list(kind, after, count_max);
    EXPECT_TRUE(documents) << "list() gave an error";
    if (!documents) co_return "(error)";
    std::string all;
    for (const StoredDocument& document : *documents) {
        if (!all.empty()) all += ' ';
        all += document.key;
    }
    co_return all;
}

io::Task<std::string> put(Store& store, Document document, PutMode mode) {
    co_return outcome(co_await store.put(document, mode));
}

io::Task<std::string> erase(Store& store, DocumentKind kind, std::string_view key) {
    const DocumentKey document{kind, key};
    co_return outcome(co_await store.erase(document));
}

}  // namespace sluice::storage::conformance
