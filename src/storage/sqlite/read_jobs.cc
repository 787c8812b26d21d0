#include "storage/sqlite/read_jobs.h"

#include "storage/sqlite/statements.h"

namespace sluice::storage::sqlite {
namespace {

int read_tokens(Statement& statement, token::GrantTag tag, std::int64_t now_s,
                std::vector<StoredToken>& tokens) {
    statement.bind(1, static_cast<std::int64_t>(tag.value()));
    statement.bind(2, now_s);
    while (statement.step() == SQLITE_ROW) {
        tokens.push_back({.digest = statement.digest(0),
                          .client_id = std::string(statement.text(1)),
                          .username = std::string(statement.text(2)),
                          .scope = std::string(statement.text(3)),
                          .resource = std::string(statement.text(4)),
                          .issued_at = statement.integer(5),
                          .expires_at = statement.integer(6),
                          .rotated_at = statement.integer(7)});
    }
    return statement.reset();
}

}  // namespace

int Load::run(ReadStatements& statements, const BatchTime& time) {
    const int code = read_tokens(statements.access_family, tag_, time.now_s, family.access);
    if (code != SQLITE_OK) return code;
    return read_tokens(statements.refresh_family, tag_, time.now_s, family.refresh);
}

int Get::run(ReadStatements& statements, const BatchTime& time) {
    Statement& get = statements.get_document;
    get.bind(1, static_cast<std::int64_t>(key_.kind));
    get.bind(2, key_.key);
    get.bind(3, time.now_ms);
    if (get.step() == SQLITE_ROW) value.emplace(get.text(0));
    return get.reset();
}

int List::run(ReadStatements& statements, const BatchTime& time) {
    Statement& list = statements.list_documents;
    list.bind(1, static_cast<std::int64_t>(kind_));
    list.bind(2, after_);
    list.bind(3, time.now_ms);
    list.bind(4, static_cast<std::int64_t>(count_max_));
    while (list.step() == SQLITE_ROW) {
        documents.push_back({std::string(list.text(0)), std::string(list.text(1))});
    }
    return list.reset();
}

}  // namespace sluice::storage::sqlite
