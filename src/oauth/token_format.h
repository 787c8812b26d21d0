// Token formats, declared once: how the text of a token tells what it is and whose grant it is of.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "oauth/settings.h"
#include "storage/store.h"
#include "token/token_text.h"

namespace sluice::oauth {

struct TokenFormat {
    std::string_view name;
    /// Nothing where the text is none of this format.
    /// assumed  What kind it is, where the text does not say.
    std::optional<token::TokenHead> (*read)(const Settings& settings, std::string_view text,
                                            token::TokenKind assumed);
};

/// In the order in which they are tried: what most tokens are comes first.
std::span<const TokenFormat> token_formats();

/// What a token's text says of itself, by the first format that reads it; nothing where it cannot
/// be a token at all. No allocation for an opaque token.
std::optional<token::TokenHead> read_token(const Settings& settings, std::string_view text,
                                           token::TokenKind assumed);

struct ShardState;

/// A token that somebody presents.
struct PresentedToken {
    token::TokenKind kind;
    storage::TokenKey key;
};

/// read_token(), or a JWT that this server has signed, and where its record is. `text` outlives it.
std::optional<PresentedToken> read_presented_token(const ShardState& state, std::string_view text,
                                                   token::TokenKind assumed);

}  // namespace sluice::oauth
