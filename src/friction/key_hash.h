// SipHash-1-3 of a text: without the key, nobody can make texts that collide in a table.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::friction {

struct HashKey {
    std::uint64_t first;
    std::uint64_t second;
};

std::uint64_t keyed_hash(std::string_view text, HashKey key);

}  // namespace sluice::friction
