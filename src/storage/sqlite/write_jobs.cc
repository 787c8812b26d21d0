#include "storage/sqlite/write_jobs.h"

#include <fmt/format.h>

#include "storage/sqlite/statements.h"
#include "storage/sqlite/told_word.h"

// Passes on the code of what failed.
#define REQUIRE_OK(...) \
    if (const int result_code = (__VA_ARGS__); result_code != SQLITE_OK) return result_code

namespace sluice::storage::sqlite {
namespace {

// Much longer than the server takes to look.
constexpr Duration told_lifetime = std::chrono::minutes{1};

std::int64_t number_of(token::GrantTag tag) {
    return static_cast<std::int64_t>(tag.value());
}

/// Milliseconds since 1970; 0: never.
std::int64_t end_of(const Document& document, const BatchTime& time) {
    if (document.lifetime <= Duration::zero()) return 0;
    return time.now_ms + std::chrono::ceil<std::chrono::milliseconds>(document.lifetime).count();
}

template <class Token>
int add_token(Statement& statement, const NewTokens& tokens, const Token& token,
              std::string_view scope, std::string_view resource) {
    statement.bind(1, number_of(tokens.tag));
    statement.bind(2, token.digest);
    statement.bind(3, token.issued_at);
    statement.bind(4, token.expires_at);
    statement.bind(5, tokens.claims.client_id);
    statement.bind(6, tokens.claims.username);
    statement.bind(7, scope);
    statement.bind(8, resource);
    return statement.run();
}

int add_tokens(WriteStatements& statements, const NewTokens& tokens) {
    REQUIRE_OK(add_token(statements.add_access, tokens, tokens.access, tokens.access.scope,
                         tokens.access.resource));
    if (!tokens.refresh) return SQLITE_OK;
    return add_token(statements.add_refresh, tokens, *tokens.refresh, tokens.claims.scope,
                     tokens.claims.resource);
}

int put_document(WriteStatements& statements, const Document& document, const BatchTime& time) {
    Statement& put = statements.put_document;
    put.bind(1, static_cast<std::int64_t>(document.kind));
    put.bind(2, document.key);
    put.bind(3, end_of(document, time));
    put.bind(4, document.value);
    return put.run();
}

int erase_document(WriteStatements& statements, const DocumentKey& key, const BatchTime& time,
                   Outcome& outcome) {
    Statement& erase = statements.erase_document;
    erase.bind(1, static_cast<std::int64_t>(key.kind));
    erase.bind(2, key.key);
    erase.bind(3, time.now_ms);
    const int code = erase.run();
    outcome = statements.database->changes() == 1 ? Outcome::done : Outcome::conflict;
    return code;
}

/// Makes room for one more.
int prune_access(WriteStatements& statements, token::GrantTag tag) {
    statements.prune_access.bind(1, number_of(tag));
    statements.prune_access.bind(2, static_cast<std::int64_t>(access_tokens_max - 1));
    return statements.prune_access.run();
}

/// SQLITE_ROW where either statement finds one for the tag.
int any_token(Statement& access, Statement& refresh) {
    const int code = access.any();
    return code == SQLITE_OK ? refresh.any() : code;
}

/// SQLITE_ROW where a grant has the tag.
int find_grant(WriteStatements& statements, token::GrantTag tag) {
    statements.has_access.bind(1, number_of(tag));
    statements.has_refresh.bind(1, number_of(tag));
    return any_token(statements.has_access, statements.has_refresh);
}

}  // namespace

int AddGrant::run(WriteStatements& statements, const BatchTime&) {
    const int found = find_grant(statements, tokens_.tag);
    if (found == SQLITE_ROW) {
        outcome = Outcome::conflict;
        return SQLITE_OK;
    }
    REQUIRE_OK(found);
    return add_tokens(statements, tokens_);
}

int Redeem::run(WriteStatements& statements, const BatchTime& time) {
    const int found = find_grant(statements, tokens_.tag);
    if (found == SQLITE_ROW) {
        outcome = Outcome::conflict;
        return SQLITE_OK;
    }
    REQUIRE_OK(found);
    REQUIRE_OK(erase_document(statements, code_, time, outcome));
    if (outcome == Outcome::conflict) return SQLITE_OK;
    REQUIRE_OK(put_document(statements, redeemed_, time));
    return add_tokens(statements, tokens_);
}

int Rotate::run(WriteStatements& statements, const BatchTime& time) {
    Statement& mark = statements.mark_rotated;
    mark.bind(1, number_of(tokens_.tag));
    mark.bind(2, replaced_.digest);
    mark.bind(3, replaced_.rotated_at);
    mark.bind(4, time.now_s);
    REQUIRE_OK(mark.run());
    if (statements.database->changes() == 0) {
        outcome = Outcome::conflict;
        return SQLITE_OK;
    }
    statements.prune_refresh.bind(1, number_of(tokens_.tag));
    statements.prune_refresh.bind(2, replaced_.forget_before);
    REQUIRE_OK(statements.prune_refresh.run());
    REQUIRE_OK(prune_access(statements, tokens_.tag));
    return add_tokens(statements, tokens_);
}

int AddAccess::run(WriteStatements& statements, const BatchTime& time) {
    for (Statement* living : {&statements.living_access, &statements.living_refresh}) {
        living->bind(1, number_of(tokens_.tag));
        living->bind(2, time.now_s);
    }
    const int found = any_token(statements.living_access, statements.living_refresh);
    if (found == SQLITE_ROW) {
        REQUIRE_OK(prune_access(statements, tokens_.tag));
        return add_tokens(statements, tokens_);
    }
    outcome = Outcome::conflict;
    return found;
}

int Revoke::run(WriteStatements& statements, const BatchTime& time) {
    statements.revoke_access.bind(1, number_of(tag_));
    REQUIRE_OK(statements.revoke_access.run());
    statements.revoke_refresh.bind(1, number_of(tag_));
    REQUIRE_OK(statements.revoke_refresh.run());
    if (!tells_) return SQLITE_OK;
    const std::string tag = fmt::format("{}", tag_.value());
    const std::string key = word_key(time.now_ms, tag);
    return put_document(statements, {DocumentKind::told_revocation, key, tag, told_lifetime}, time);
}

int Put::run(WriteStatements& statements, const BatchTime& time) {
    if (mode_ == PutMode::replace) return put_document(statements, document_, time);
    Statement& put = statements.put_new;
    put.bind(1, static_cast<std::int64_t>(document_.kind));
    put.bind(2, document_.key);
    put.bind(3, end_of(document_, time));
    put.bind(4, document_.value);
    put.bind(5, time.now_ms);
    const int code = put.run();
    if (statements.database->changes() == 0) outcome = Outcome::conflict;
    return code;
}

int Erase::run(WriteStatements& statements, const BatchTime& time) {
    return erase_document(statements, key_, time, outcome);
}

}  // namespace sluice::storage::sqlite
