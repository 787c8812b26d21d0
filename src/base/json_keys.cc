#include "base/json_keys.h"

#include <xxhash.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/random.h"

namespace sluice {
namespace {

constexpr std::size_t few = 16;

bool few_are_distinct(std::span<const std::string_view> keys) {
    for (std::size_t i = 1; i < keys.size(); ++i) {
        const auto before = keys.first(i);
        if (std::ranges::find(before, keys[i]) != before.end()) return false;
    }
    return true;
}

}  // namespace

// Many are compared by hashes that nobody outside can foresee: two keys that share 64 bits by
// chance are refused as one, which will not happen.
bool are_distinct(std::span<const std::string_view> keys) {
    if (keys.size() <= few) return few_are_distinct(keys);
    static const std::uint64_t seed = SystemRandom().next_u64();
    std::vector<std::uint64_t> hashes;
    hashes.reserve(keys.size());
    for (const std::string_view key : keys) {
        hashes.push_back(XXH3_64bits_withSeed(key.data(), key.size(), seed));
    }
    std::ranges::sort(hashes);
    return std::ranges::adjacent_find(hashes) == hashes.end();
}

}  // namespace sluice
