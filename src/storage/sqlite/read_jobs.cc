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

int FindGrants::run(ReadStatements& statements, const BatchTime& time) {
    for (const bool is_refresh : {false, true}) {
        Statement& part = is_refresh ? statements.refresh_part : statements.access_part;
        part.bind(1, static_cast<std::int64_t>(part_.first));
        part.bind(2, static_cast<std::int64_t>(part_.last));
        part.bind(3, time.now_s);
        while (part.step() == SQLITE_ROW) {
            if (!filter_.matches(part.text(1), part.text(2), part.text(4))) continue;
            StoredToken token{.client_id = std::string(part.text(1)),
                              .username = std::string(part.text(2)),
                              .scope = std::string(part.text(3)),
                              .resource = std::string(part.text(4)),
                              .issued_at = part.integer(5),
                              .expires_at = part.integer(6)};
            const auto tag = static_cast<std::uint64_t>(part.integer(0));
            rows.push_back({token::GrantTag(tag), is_refresh, std::move(token)});
        }
        if (const int code = part.reset(); code != SQLITE_OK) return code;
    }
    return SQLITE_OK;
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
