// Opaque token format: tokens, codes and sessions, whose text names their owner shard.
//
//   sat_ <8 characters> <43 characters>
//    |        |               `- base64url of 256 random bits: the secret
//    |        `- base64url of the grant tag: 48 random bits, one for all tokens of a grant
//    `- kind: sat access token, srt refresh token, sac authorization code, sse session
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/random.h"

namespace sluice::token {

enum class TokenKind : std::uint8_t { access, refresh, authorization_code, session };

/// What all tokens of one grant share, so that they live on one shard and die together. Not a
/// secret.
class GrantTag {
public:
    static constexpr std::uint64_t value_max = (std::uint64_t{1} << 48) - 1;

    static GrantTag generate(Random& random);
    /// A tag that `shard` of `shard_count` owns: what a shard starts itself stays with it.
    static GrantTag generate_for_shard(Random& random, unsigned shard, unsigned shard_count);
    explicit GrantTag(std::uint64_t value);  // at most value_max

    std::uint64_t value() const { return value_; }
    unsigned shard(unsigned shard_count) const {
        return static_cast<unsigned>(value_ % shard_count);
    }
    friend bool operator==(GrantTag, GrantTag) = default;

private:
    std::uint64_t value_;
};

/// One generated text; erased when dropped. Only its SHA-256 is ever stored.
class TokenText {
public:
    static constexpr std::size_t size = 55;  // bytes

    static TokenText generate(TokenKind kind, GrantTag tag, Random& random);

    TokenText(const TokenText&) = default;
    TokenText& operator=(const TokenText&) = default;
    ~TokenText();

    std::string_view text() const { return {text_.data(), size}; }  // valid while *this lives

private:
    TokenText() = default;
    std::array<char, size> text_;
};

struct TokenHead {
    TokenKind kind;
    GrantTag tag;
};

/// What a text says of itself; nothing where no generate() could have made it. Whether it was ever
/// issued is for the table of `tag`'s shard to say. No allocation.
std::optional<TokenHead> parse_token(std::string_view text);

/// The 256 bits of a text that parse_token() reads.
std::array<std::byte, 32> secret_of(std::string_view text);

/// parse_token() for a place that takes one kind only.
std::optional<GrantTag> parse_token(std::string_view text, TokenKind kind);

}  // namespace sluice::token
