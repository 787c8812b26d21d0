// PostgreSQL engine: one truth for several boxes.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "storage/postgres/postgres_settings.h"
#include "storage/store.h"

namespace sluice::storage {

/// It starts while the database is away, and connects when that is there. Threads of its own wait
/// for name lookups, handshakes and cleaning; the calls of a shard go out on that shard's ring.
///
/// Where tokens are kept in plain too, a presented text that token::parse_token() does not read has
/// foreign_tag() of its digest as its tag; the database's function `sluice_token_tag` goes by the
/// same rule, and so do the revocations that the feed tells. Rotating a token that another program
/// wrote makes its successor a family of that tag.
class PostgresEngine final : public Engine {
public:
    /// Errors say what was refused and what to do; none is about the database.
    static std::expected<std::unique_ptr<PostgresEngine>, std::string> create(
        PostgresSettings settings, unsigned shard_count);
    PostgresEngine(const PostgresEngine&) = delete;
    PostgresEngine& operator=(const PostgresEngine&) = delete;
    ~PostgresEngine() override;

    std::unique_ptr<Store> open(io::Shard& shard) override;

private:
    struct Parts;
    explicit PostgresEngine(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

}  // namespace sluice::storage
