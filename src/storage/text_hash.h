// Seeded string hash against hash flooding: strangers choose many of the keys. No copy to look up.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice::storage {

/// Give it a random seed wherever a key may come from outside.
struct TextHash {
    using is_transparent = void;
    std::uint64_t seed = 0;

    std::size_t operator()(std::string_view text) const noexcept {
        return XXH3_64bits_withSeed(text.data(), text.size(), seed);
    }
};

template <class Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

/// A TextMap that hashes with `seed`.
template <class Value>
TextMap<Value> make_text_map(std::uint64_t seed) {
    return TextMap<Value>(0, TextHash{seed});
}

}  // namespace sluice::storage
