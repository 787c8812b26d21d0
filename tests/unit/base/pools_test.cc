// Pools and limits: what is taken comes back before they go.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/concurrency_limit.h"
#include "base/object_pool.h"

namespace sluice {
namespace {

TEST(ConcurrencyLimit, GivesEachKeyItsOwn) {
    ConcurrencyLimit limit(2);
    auto first = limit.acquire("a");
    const auto second = limit.acquire("a");
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(limit.acquire("a"));
    EXPECT_TRUE(limit.acquire("b"));
    first.reset();
    EXPECT_TRUE(limit.acquire("a"));
}

TEST(ConcurrencyLimit, OutlivesItsPermits) {
    auto limit = std::make_unique<ConcurrencyLimit>(1);
    const auto permit = limit->acquire("a");
    EXPECT_DEATH(limit.reset(), "a permit outlives its limit");
}

TEST(ObjectPool, GivesWhatCameBackOnceMore) {
    ObjectPool<std::string> pool(1);
    const std::string* first = nullptr;
    {
        const auto lease = pool.acquire();
        *lease = "as it was left";
        first = &*lease;
    }
    const auto again = pool.acquire();
    EXPECT_EQ(&*again, first);
    EXPECT_EQ(*again, "as it was left");
}

TEST(ObjectPool, OutlivesItsLeases) {
    auto pool = std::make_unique<ObjectPool<std::string>>(1);
    const auto lease = pool->acquire();
    EXPECT_DEATH(pool.reset(), "a lease outlives its pool");
}

}  // namespace
}  // namespace sluice
