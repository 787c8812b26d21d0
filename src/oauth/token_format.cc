#include "oauth/token_format.h"

#include <array>

#include "crypto/digest.h"
#include "oauth/jwt_access_token.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

// Made here: the text names kind and grant.
std::optional<token::TokenHead> read_opaque(const Settings&, std::string_view text,
                                            token::TokenKind) {
    return token::parse_token(text);
}

// Made by a server that shares the store, of any form: its digest stands for the grant.
std::optional<token::TokenHead> read_foreign(const Settings& settings, std::string_view text,
                                             token::TokenKind assumed) {
    if (!settings.foreign_tokens) return std::nullopt;
    return token::TokenHead{assumed, storage::foreign_tag(crypto::sha256(text))};
}

constexpr std::array<TokenFormat, 2> table{{{"opaque", read_opaque}, {"foreign", read_foreign}}};

}  // namespace

std::span<const TokenFormat> token_formats() {
    return table;
}

std::optional<token::TokenHead> read_token(const Settings& settings, std::string_view text,
                                           token::TokenKind assumed) {
    for (const TokenFormat& format : table) {
        if (const auto head = format.read(settings, text, assumed)) return head;
    }
    return std::nullopt;
}

std::optional<PresentedToken> read_presented_token(const ShardState& state, std::string_view text,
                                                   token::TokenKind assumed) {
    if (text.size() > token::TokenText::size) {
        if (const auto key = read_jwt_access_token(state, text)) {
            return PresentedToken{token::TokenKind::access, *key};
        }
    }
    const auto head = read_token(state.settings, text, assumed);
    if (!head) return std::nullopt;
    return PresentedToken{head->kind, {head->tag, crypto::sha256(text), text}};
}

}  // namespace sluice::oauth
