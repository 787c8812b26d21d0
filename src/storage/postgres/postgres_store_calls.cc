// The calls of a PostgresStore: each is one transaction.
#include <limits>

#include "base/check.h"
#include "base/result.h"
#include "storage/grant_rows.h"
#include "storage/postgres/new_tokens.h"
#include "storage/postgres/postgres_store.h"

namespace sluice::storage::postgres {
namespace {

/// A timestamptz: microseconds since 2000; the largest number is infinity.
constexpr std::int64_t no_end = std::numeric_limits<std::int64_t>::max();
constexpr WallTime epoch{std::chrono::seconds{946'684'800}};

std::int64_t timestamp(WallTime time) {
    return std::chrono::floor<std::chrono::microseconds>(time - epoch).count();
}

std::int64_t end_of(const Document& document, WallTime now) {
    if (document.lifetime == Duration::zero()) return no_end;
    return timestamp(now + document.lifetime);
}

/// Whether the statement says that as many as were given have been added.
Outcome one_was_added(const ResultPtr& result) {
    // Where grants share a statement, an answer is the proof.
    if (result == nullptr) return Outcome::done;
    const bool added = PQntuples(result.get()) == 1 && number_at(result.get(), 0, 0) == 1;
    return added ? Outcome::done : Outcome::conflict;
}

Outcome any_row(const ResultPtr& result) {
    CHECK(result != nullptr, "only grants share an answer");
    return PQntuples(result.get()) > 0 ? Outcome::done : Outcome::conflict;
}

void add_key(Arguments& arguments, DocumentKind kind, std::string_view key) {
    arguments.number(static_cast<std::int64_t>(kind)).text(key);
}

StoredToken token_at(const PGresult* rows, int row) {
    StoredToken token;
    const std::string_view digest = text_at(rows, row, 1);
    if (digest.size() == token.digest.size()) {
        std::memcpy(token.digest.data(), digest.data(), digest.size());
    }
    token.client_id = text_at(rows, row, 2);
    token.username = text_at(rows, row, 3);
    token.scope = text_at(rows, row, 4);
    token.resource = text_at(rows, row, 5);
    token.issued_at = number_at(rows, row, 6);
    token.expires_at = number_at(rows, row, 7);
    token.rotated_at = number_at(rows, row, 8);
    return token;
}

}  // namespace

io::Task<StoreResult<Outcome>> PostgresStore::add_grant(const NewTokens& tokens) {
    Call call(tokens);
    CO_TRY(const ResultPtr added, co_await queue_.run(call));
    co_return one_was_added(added);
}

io::Task<StoreResult<Outcome>> PostgresStore::redeem(const DocumentKey& code,
                                                     const Document& redeemed,
                                                     const NewTokens& tokens) {
    Call call(Statement::redeem);
    call.family = tokens.tag;
    add_new_tokens(call.arguments, tokens, now(), engine_.settings.plain_tokens);
    add_key(call.arguments, code.kind, code.key);
    add_key(call.arguments, redeemed.kind, redeemed.key);
    call.arguments.text(redeemed.value)
        .number(end_of(redeemed, shard_.wall_now()))
        .number(timestamp(shard_.wall_now()));
    CO_TRY(const ResultPtr added, co_await queue_.run(call));
    co_return one_was_added(added);
}

io::Task<StoreResult<Outcome>> PostgresStore::rotate(const Replaced& replaced,
                                                     const NewTokens& tokens) {
    Call call(Statement::rotate);
    call.family = tokens.tag;
    add_new_tokens(call.arguments, tokens, now(), engine_.settings.plain_tokens);
    call.arguments.text(crypto::as_text(replaced.digest))
        .number(replaced.rotated_at)
        .number(replaced.forget_before);
    if (engine_.settings.plain_tokens) call.arguments.text(replaced.text);
    CO_TRY(const ResultPtr added, co_await queue_.run(call));
    co_return one_was_added(added);
}

io::Task<StoreResult<Outcome>> PostgresStore::add_access(const NewTokens& tokens) {
    Call call(Statement::add_access);
    call.family = tokens.tag;
    add_new_tokens(call.arguments, tokens, now(), engine_.settings.plain_tokens);
    CO_TRY(const ResultPtr added, co_await queue_.run(call));
    co_return one_was_added(added);
}

io::Task<StoreResult<>> PostgresStore::revoke(token::GrantTag tag) {
    Call call(Statement::revoke);
    call.family = tag;
    call.arguments.number(static_cast<std::int64_t>(tag.value()));
    CO_REQUIRE(co_await queue_.run(call));
    co_return StoreResult<>();
}

io::Task<StoreResult<Family>> PostgresStore::load(const TokenKey& presented) {
    const bool foreign =
        engine_.settings.plain_tokens && !token::parse_token(presented.text).has_value();
    Call call(foreign ? Statement::load_foreign : Statement::load);
    call.arguments.number(static_cast<std::int64_t>(presented.tag.value())).number(now());
    if (foreign) call.arguments.text(presented.text);
    CO_TRY(const ResultPtr rows, co_await queue_.run(call));
    Family family;
    for (int row = 0; row < PQntuples(rows.get()); ++row) {
        auto& tokens = number_at(rows.get(), row, 0) == 0 ? family.access : family.refresh;
        tokens.push_back(token_at(rows.get(), row));
    }
    co_return family;
}

io::Task<StoreResult<std::vector<StoredGrant>>> PostgresStore::find_grants(
    const GrantFilter& filter, TagRange part) {
    Call call(Statement::find_grants);
    call.arguments.number(static_cast<std::int64_t>(part.first))
        .number(static_cast<std::int64_t>(part.last))
        .number(now());
    for (const auto& wanted : {filter.client_id, filter.username, filter.resource}) {
        if (wanted) {
            call.arguments.text(*wanted);
        } else {
            call.arguments.null();
        }
    }
    CO_TRY(const ResultPtr found, co_await queue_.run(call));
    std::vector<TokenRow> rows;
    for (int row = 0; row < PQntuples(found.get()); ++row) {
        const auto tag = static_cast<std::uint64_t>(number_at(found.get(), row, 9));
        if (tag > token::GrantTag::value_max) continue;
        const bool is_refresh = number_at(found.get(), row, 0) == 1;
        rows.push_back({token::GrantTag(tag), is_refresh, token_at(found.get(), row)});
    }
    co_return grants_of(std::move(rows));
}

io::Task<StoreResult<Outcome>> PostgresStore::put(const Document& document, PutMode mode) {
    Call call(mode == PutMode::replace ? Statement::put : Statement::put_new);
    add_key(call.arguments, document.kind, document.key);
    call.arguments.text(document.value).number(end_of(document, shard_.wall_now()));
    if (mode == PutMode::only_new) call.arguments.number(timestamp(shard_.wall_now()));
    CO_TRY(const ResultPtr put, co_await queue_.run(call));
    co_return any_row(put);
}

io::Task<StoreResult<std::optional<std::string>>> PostgresStore::get(const DocumentKey& key) {
    Call call(Statement::get);
    add_key(call.arguments, key.kind, key.key);
    call.arguments.number(timestamp(shard_.wall_now()));
    CO_TRY(const ResultPtr rows, co_await queue_.run(call));
    std::optional<std::string> value;
    if (PQntuples(rows.get()) > 0) value = text_at(rows.get(), 0, 0);
    co_return value;
}

io::Task<StoreResult<Outcome>> PostgresStore::erase(const DocumentKey& key) {
    Call call(Statement::erase);
    add_key(call.arguments, key.kind, key.key);
    call.arguments.number(timestamp(shard_.wall_now()));
    CO_TRY(const ResultPtr erased, co_await queue_.run(call));
    co_return any_row(erased);
}

io::Task<StoreResult<std::vector<StoredDocument>>> PostgresStore::list(DocumentKind kind,
                                                                       std::string_view after,
                                                                       std::size_t count_max) {
    Call call(Statement::list);
    add_key(call.arguments, kind, after);
    call.arguments.number(timestamp(shard_.wall_now()))
        .number(static_cast<std::int64_t>(count_max));
    CO_TRY(const ResultPtr rows, co_await queue_.run(call));
    std::vector<StoredDocument> documents;
    for (int row = 0; row < PQntuples(rows.get()); ++row) {
        documents.push_back(
            {std::string(text_at(rows.get(), row, 0)), std::string(text_at(rows.get(), row, 1))});
    }
    co_return documents;
}

}  // namespace sluice::storage::postgres
