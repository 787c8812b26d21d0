#include "oauth/token_format.h"

#include <array>

#include "crypto/digest.h"
#include "storage/store.h"

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

}  // namespace sluice::oauth
