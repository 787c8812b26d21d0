// The tag of a token that another program wrote into the plain tables.
#pragma once

#include "crypto/digest.h"
#include "token/token_text.h"

namespace sluice::storage {

/// The rule, the same here and in the database's function `sluice_token_tag`: where
/// token::parse_token() reads a text, its tag is the one it carries; any other text has the first
/// 48 bits of its SHA-256 as its tag, the first byte being the highest.
inline token::GrantTag foreign_tag(const crypto::Digest& digest_of_text) {
    std::uint64_t tag = 0;
    for (std::size_t i = 0; i < 6; ++i) {
        tag = tag << 8 | std::to_integer<std::uint64_t>(digest_of_text[i]);
    }
    return token::GrantTag(tag);
}

/// The tag to load a presented token of the plain tables by.
inline token::GrantTag tag_of_plain(std::string_view text) {
    const auto head = token::parse_token(text);
    return head ? head->tag : foreign_tag(crypto::sha256(text));
}

}  // namespace sluice::storage
