// The PostgreSQL engine joins the conformance suite.
#include "storage/postgres/migrations.h"
#include "storage/postgres/postgres_engine.h"
#include "tests/support/postgres_server.h"
#include "tests/unit/storage/conformance/conformance.h"

namespace sluice::storage::conformance {
namespace {

/// A database that only needs to be copied.
std::string migrated(bool plain) {
    const std::string name = PostgresServer::shared().create_database();
    const auto done = postgres::migrate(
        {.url = Secret(PostgresServer::shared().url(name)), .plain_tokens = plain});
    CHECK(done.has_value(), done ? "" : done.error());
    return name;
}

template <bool plain>
class PostgresSubject final : public Subject {
public:
    std::expected<std::unique_ptr<Engine>, std::string> open(Clock&) override {
        return PostgresEngine::create({.url = Secret(PostgresServer::shared().url(database_)),
                                       .connections_per_shard = 2,
                                       .statement_timeout = std::chrono::seconds{20},
                                       .plain_tokens = plain},
                                      2);
    }
    bool can_be_shared() const override { return true; }

private:
    static const std::string& original() {
        static const std::string name = migrated(plain);
        return name;
    }
    std::string database_ = PostgresServer::shared().create_database(original());
};

INSTANTIATE_TEST_SUITE_P(Postgres, StoreConformance, testing::Values(make<PostgresSubject<false>>));
INSTANTIATE_TEST_SUITE_P(PostgresPlain, StoreConformance,
                         testing::Values(make<PostgresSubject<true>>));

}  // namespace
}  // namespace sluice::storage::conformance
