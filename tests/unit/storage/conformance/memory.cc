// The engine of processes that keep everything in memory joins the conformance suite.
#include "storage/memory_store.h"
#include "tests/unit/storage/conformance/conformance.h"

namespace sluice::storage::conformance {
namespace {

class MemorySubject final : public Subject {
public:
    std::expected<std::unique_ptr<Engine>, std::string> open(Clock&) override {
        SeededRandom random(7);
        return std::make_unique<MemoryEngine>(random);
    }
    bool outlives_its_engine() const override { return false; }
};

INSTANTIATE_TEST_SUITE_P(Memory, StoreConformance, testing::Values(make<MemorySubject>));

}  // namespace
}  // namespace sluice::storage::conformance
