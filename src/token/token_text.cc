#include "token/token_text.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/check.h"
#include "base/secret.h"
#include "crypto/base64url.h"

namespace sluice::token {
namespace {

constexpr std::array<std::string_view, 4> prefixes = {"sat_", "srt_", "sac_", "sse_"};
constexpr std::size_t prefix_size = 4;
constexpr std::size_t tag_bytes = 6;
constexpr std::size_t tag_size = crypto::base64url_size(tag_bytes);
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t secret_size = crypto::base64url_size(secret_bytes);
static_assert(prefix_size + tag_size + secret_size == TokenText::size);

std::optional<TokenKind> kind_of(std::string_view text) {
    for (std::size_t i = 0; i < prefixes.size(); ++i) {
        // A constant size: one comparison of four bytes, no call.
        if (std::memcmp(text.data(), prefixes[i].data(), prefix_size) == 0) {
            return static_cast<TokenKind>(i);
        }
    }
    return std::nullopt;
}

/// Without a branch, so that the compiler compares many characters at once.
bool is_base64url(std::span<const char, secret_size> text) {
    bool foreign = false;
    for (const char c : text) {
        const bool letter = ((c | 0x20) >= 'a') & ((c | 0x20) <= 'z');
        const bool digit = (c >= '0') & (c <= '9');
        foreign |= !(letter | digit | (c == '-') | (c == '_'));
    }
    return !foreign;
}

}  // namespace

GrantTag::GrantTag(std::uint64_t value) : value_(value) {
    CHECK(value <= value_max);
}

GrantTag GrantTag::generate(Random& random) {
    return GrantTag(random.next_u64() & value_max);
}

GrantTag GrantTag::generate_for_shard(Random& random, unsigned shard, unsigned shard_count) {
    CHECK(shard < shard_count);
    const std::uint64_t multiples =
        value_max / shard_count;  // shards are few: no bias worth a loop
    const GrantTag tag(random.next_u64() % multiples * shard_count + shard);
    CHECK(tag.shard(shard_count) == shard);
    return tag;
}

TokenText TokenText::generate(TokenKind kind, GrantTag tag, Random& random) {
    std::array<std::byte, tag_bytes + secret_bytes> bytes;
    for (std::size_t i = 0; i < tag_bytes; ++i) {
        bytes[i] = static_cast<std::byte>(tag.value() >> (8 * (tag_bytes - 1 - i)) & 0xff);
    }
    random.fill(std::span(bytes).subspan(tag_bytes));

    TokenText token;
    char* out = std::ranges::copy(prefixes[static_cast<std::size_t>(kind)], token.text_.data()).out;
    crypto::write_base64url(bytes, out);  // the tag fills whole characters: six bytes are eight
    explicit_bzero(bytes.data(), bytes.size());
    CHECK(parse_token(token.text(), kind) == tag, "a text names its kind and its tag");
    return token;
}

TokenText::~TokenText() {
    explicit_bzero(text_.data(), text_.size());
}

std::optional<TokenHead> parse_token(std::string_view text) {
    if (text.size() != TokenText::size) return std::nullopt;
    const auto kind = kind_of(text);
    if (!kind) return std::nullopt;

    std::uint64_t tag = 0;
    std::uint8_t seen = 0;  // every value OR-ed, so that one test finds a foreign character
    for (const char c : text.substr(prefix_size, tag_size)) {
        seen |= crypto::base64url_value(c);
        tag = tag << 6 | crypto::base64url_value(c);
    }
    const std::span<const char, secret_size> secret(text.data() + prefix_size + tag_size,
                                                    secret_size);
    // 43 characters hold 258 bits: the last two are zero.
    const bool canonical = (crypto::base64url_value(text.back()) & 3) == 0;
    if ((seen & crypto::not_base64url) != 0 || !is_base64url(secret) || !canonical) {
        return std::nullopt;
    }
    return TokenHead{*kind, GrantTag(tag)};
}

std::array<std::byte, 32> secret_of(std::string_view text) {
    CHECK(parse_token(text).has_value(), "only what is a token has a secret");
    Secret bytes(*crypto::decode_base64url(text.substr(prefix_size + tag_size)));
    std::array<std::byte, secret_bytes> secret;
    CHECK(bytes.reveal().size() == secret.size());
    std::memcpy(secret.data(), bytes.reveal().data(), secret.size());
    return secret;
}

std::optional<GrantTag> parse_token(std::string_view text, TokenKind kind) {
    const auto head = parse_token(text);
    if (!head || head->kind != kind) return std::nullopt;
    return head->tag;
}

}  // namespace sluice::token
