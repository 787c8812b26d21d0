// The SQLite engine joins the conformance suite.
#include "storage/sqlite/sqlite_engine.h"
#include "tests/unit/storage/conformance/conformance.h"
#include "tests/unit/storage/temporary_directory.h"

namespace sluice::storage::conformance {
namespace {

class SqliteSubject final : public Subject {
public:
    std::expected<std::unique_ptr<Engine>, std::string> open(Clock& clock) override {
        return SqliteEngine::open({.path = directory_.path() + "/sluice.db"}, clock);
    }

private:
    TemporaryDirectory directory_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreConformance, testing::Values(make<SqliteSubject>));

}  // namespace
}  // namespace sluice::storage::conformance
