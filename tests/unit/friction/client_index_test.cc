#include "friction/client_index.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "base/random.h"

namespace sluice::friction {
namespace {

using Slot = ClientIndex::Slot;

Slot find(const ClientIndex& index, std::uint64_t hash, Slot wanted) {
    return index.find(hash, [wanted](Slot slot) { return slot == wanted; });
}

TEST(ClientIndex, FindsWhatWasInsertedUnderItsHashOnly) {
    ClientIndex index;
    EXPECT_EQ(find(index, 7ULL << 40, 3), ClientIndex::none);
    index.insert(7ULL << 40, 3);
    EXPECT_EQ(find(index, 7ULL << 40, 3), 3U);
    EXPECT_EQ(find(index, 8ULL << 40, 3), ClientIndex::none);
    EXPECT_EQ(find(index, 7ULL << 40, 4), ClientIndex::none);
    index.erase(7ULL << 40, 3);
    EXPECT_EQ(find(index, 7ULL << 40, 3), ClientIndex::none);
    EXPECT_EQ(index.size(), 0U);
}

TEST(ClientIndex, KeepsSlotsOfEqualHashesApart) {
    ClientIndex index;
    constexpr std::uint64_t last_home = ~0ULL;  // a run that goes round the end
    for (Slot slot = 0; slot < 20; ++slot) index.insert(last_home, slot);
    for (Slot slot = 0; slot < 20; slot += 2) index.erase(last_home, slot);
    for (Slot slot = 0; slot < 20; ++slot) {
        EXPECT_EQ(find(index, last_home, slot), slot % 2 == 0 ? ClientIndex::none : slot);
    }
}

TEST(ClientIndex, BehavesAsAMapWhileItGrows) {
    ClientIndex index;
    std::map<Slot, std::uint64_t> model;
    SeededRandom random(11);
    Slot next = 0;
    for (int i = 0; i < 300'000; ++i) {
        // Grows through nine sizes, with a removal for every third insertion, also while it moves.
        if (i % 4 == 3) {
            const auto gone = model.lower_bound(static_cast<Slot>(random.next_u64() % next));
            if (gone == model.end()) continue;
            index.erase(gone->second, gone->first);
            model.erase(gone);
        } else {
            const std::uint64_t hash = random.next_u64();
            index.insert(hash, next);
            model.emplace(next++, hash);
        }
        if (i % 1000 != 0) continue;
        for (const auto& [slot, wanted] : model) {
            if (slot % 97 == static_cast<Slot>(i / 1000 % 97)) {
                ASSERT_EQ(find(index, wanted, slot), slot) << i;
            }
        }
    }
    ASSERT_EQ(index.size(), model.size());
    for (const auto& [slot, hash] : model) ASSERT_EQ(find(index, hash, slot), slot);
}

TEST(ClientIndex, FindsEveryEntryAtEachStepOfAGrowth) {
    ClientIndex index;
    SeededRandom random(12);
    std::vector<std::uint64_t> hashes;
    for (Slot slot = 0; slot < 900; ++slot) {
        hashes.push_back(random.next_u64());
        index.insert(hashes.back(), slot);
        for (Slot held = 0; held <= slot; ++held) {
            ASSERT_EQ(find(index, hashes[held], held), held) << slot;
        }
    }
}

}  // namespace
}  // namespace sluice::friction
