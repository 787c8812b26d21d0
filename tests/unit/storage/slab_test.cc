#include "storage/slab.h"

#include <gtest/gtest.h>

#include <vector>

namespace sluice::storage {
namespace {

TEST(Slab, AHandleFindsItsValueUntilItIsRemovedAndNeverAnother) {
    Slab<std::uint64_t> slab;
    EXPECT_EQ(slab.find({}), nullptr);
    const SlabHandle old = slab.add(7);
    EXPECT_EQ(slab.find({old.place, old.generation + 1}), nullptr);
    ASSERT_NE(slab.find(old), nullptr);
    EXPECT_EQ(*slab.find(old), 7U);
    slab.remove(old);
    EXPECT_EQ(slab.find(old), nullptr);
    EXPECT_EQ(slab.find({old.place, old.generation + 1}), nullptr) << "nobody was given that";
    const SlabHandle fresh = slab.add(8);
    EXPECT_EQ(fresh.place, old.place);
    EXPECT_EQ(slab.find(old), nullptr);
    EXPECT_EQ(*slab.find(fresh), 8U);
}

TEST(Slab, PlacesThatWereTakenBackAreGivenOutBeforeNewOnes) {
    Slab<std::uint64_t> slab;
    std::vector<SlabHandle> handles;
    for (std::uint64_t i = 0; i < 1000; ++i) handles.push_back(slab.add(i));
    for (std::size_t i = 0; i < 1000; i += 2) slab.remove(handles[i]);
    EXPECT_EQ(slab.size(), 500U);
    for (std::uint64_t i = 0; i < 500; ++i) EXPECT_LT(slab.add(i).place, 1000U);
    EXPECT_EQ(slab.add(0).place, 1000U);
    for (std::size_t i = 1; i < 1000; i += 2) EXPECT_EQ(*slab.find(handles[i]), i);
}

TEST(Slab, ValuesStayWhereTheyAreWhileItGrows) {
    Slab<std::uint64_t> slab;
    const SlabHandle first = slab.add(1);
    const std::uint64_t* const place = slab.find(first);
    for (std::uint64_t i = 0; i < 1'200'000; ++i) slab.add(i);
    EXPECT_EQ(slab.find(first), place);
    EXPECT_EQ(*place, 1U);
}

}  // namespace
}  // namespace sluice::storage
