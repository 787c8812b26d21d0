// Read jobs: the reads of the store contract, for a reader.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/grant_rows.h"
#include "storage/sqlite/job.h"
#include "storage/store.h"

namespace sluice::storage::sqlite {

class Load final : public ReadJob {
public:
    explicit Load(token::GrantTag tag) : tag_(tag) {}
    int run(ReadStatements& statements, const BatchTime& time) override;
    Family family;

private:
    token::GrantTag tag_;
};

class FindGrants final : public ReadJob {
public:
    FindGrants(const GrantFilter& filter, TagRange part) : filter_(filter), part_(part) {}
    int run(ReadStatements& statements, const BatchTime& time) override;
    std::vector<TokenRow> rows;

private:
    const GrantFilter& filter_;
    TagRange part_;
};

class Get final : public ReadJob {
public:
    explicit Get(const DocumentKey& key) : key_(key) {}
    int run(ReadStatements& statements, const BatchTime& time) override;
    std::optional<std::string> value;

private:
    const DocumentKey& key_;
};

class List final : public ReadJob {
public:
    List(DocumentKind kind, std::string_view after, std::size_t count_max)
        : kind_(kind), after_(after), count_max_(count_max) {}
    int run(ReadStatements& statements, const BatchTime& time) override;
    std::vector<StoredDocument> documents;

private:
    DocumentKind kind_;
    std::string_view after_;
    std::size_t count_max_;
};

}  // namespace sluice::storage::sqlite
