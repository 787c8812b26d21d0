// Write jobs: the writes of the store contract, for the writer's transactions.
#pragma once

#include "storage/sqlite/job.h"
#include "storage/store.h"

namespace sluice::storage::sqlite {

// All refer to what the caller of the store gave, which lives until the task ends.

class AddGrant final : public WriteJob {
public:
    explicit AddGrant(const NewTokens& tokens) : tokens_(tokens) {}
    int run(WriteStatements& statements, const BatchTime& time) override;

private:
    const NewTokens& tokens_;
};

class Redeem final : public WriteJob {
public:
    Redeem(const DocumentKey& code, const Document& redeemed, const NewTokens& tokens)
        : code_(code), redeemed_(redeemed), tokens_(tokens) {}
    int run(WriteStatements& statements, const BatchTime& time) override;

private:
    const DocumentKey& code_;
    const Document& redeemed_;
    const NewTokens& tokens_;
};

class Rotate final : public WriteJob {
public:
    Rotate(const Replaced& replaced, const NewTokens& tokens)
        : replaced_(replaced), tokens_(tokens) {}
    int run(WriteStatements& statements, const BatchTime& time) override;

private:
    const Replaced& replaced_;
    const NewTokens& tokens_;
};

class AddAccess final : public WriteJob {
public:
    explicit AddAccess(const NewTokens& tokens) : tokens_(tokens) {}
    int run(WriteStatements& statements, const BatchTime& time) override;

private:
    const NewTokens& tokens_;
};

class Revoke final : public WriteJob {
public:
    /// tells  Leaves word of it for the server that has the file open.
    Revoke(token::GrantTag tag, bool tells) : tag_(tag), tells_(tells) {}
    int run(WriteStatements& statements, const BatchTime& time) override;

private:
    token::GrantTag tag_;
    bool tells_;
};

class Put final : public WriteJob {
public:
    Put(const Document& document, PutMode mode) : document_(document), mode_(mode) {}
    int run(WriteStatements& statements, const BatchTime& time) override;

private:
    const Document& document_;
    PutMode mode_;
};

class Erase final : public WriteJob {
public:
    explicit Erase(const DocumentKey& key) : key_(key) {}
    int run(WriteStatements& statements, const BatchTime& time) override;

private:
    const DocumentKey& key_;
};

}  // namespace sluice::storage::sqlite
