// Tag index: the grant of a tag, where it is in memory.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>

#include "base/check.h"
#include "storage/slab.h"
#include "storage/text_hash.h"
#include "storage/token_table.h"
#include "token/token_text.h"

namespace sluice::storage {

/// Tags are keys of a TokenTable once they are spread: those of one shard share their low bits.
class TagIndex {
public:
    std::optional<SlabHandle> find(token::GrantTag tag) {
        const SlabHandle* const found = places_.find(key_of(tag));
        return found != nullptr ? std::optional(*found) : std::nullopt;
    }
    /// The tag must not be there.
    void add(token::GrantTag tag, SlabHandle handle) { places_.insert(key_of(tag), handle); }
    void remove(token::GrantTag tag) {
        CHECK(places_.erase(key_of(tag)), "its grant has no place");
    }

private:
    static crypto::Digest key_of(token::GrantTag tag) {
        const std::uint64_t value = tag.value() + 1;  // no key is all zero
        const std::uint64_t spread = XXH3_64bits(&value, sizeof value);
        crypto::Digest key{};
        std::memcpy(key.data(), &spread, sizeof spread);
        std::memcpy(key.data() + sizeof spread, &value, sizeof value);
        return key;
    }

    TokenTable<SlabHandle> places_;
};

}  // namespace sluice::storage
