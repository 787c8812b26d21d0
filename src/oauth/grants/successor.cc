// Deriving tokens.
#include "oauth/grants/successor.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>

#include "base/check.h"
#include "crypto/digest.h"

namespace sluice::oauth {
namespace {

crypto::Digest derive(const Secret& key, std::initializer_list<std::string_view> parts) {
    CHECK(!key.empty(), "tokens that anybody could derive");
    std::string joined;
    for (const std::string_view part : parts) joined.append(part).push_back('\0');
    const Secret text(std::move(joined));
    return crypto::hmac_sha256(key.reveal(), text.reveal());
}

// Gives one value where randomness is asked for, once.
class GivenBytes final : public Random {
public:
    explicit GivenBytes(const crypto::Digest& bytes) : bytes_(bytes) {}
    GivenBytes(const GivenBytes&) = delete;
    GivenBytes& operator=(const GivenBytes&) = delete;
    ~GivenBytes() override { explicit_bzero(bytes_.data(), bytes_.size()); }

    void fill(std::span<std::byte> out) override {
        CHECK(out.size() == bytes_.size() && !used_);
        std::ranges::copy(bytes_, out.begin());
        used_ = true;
    }

private:
    crypto::Digest bytes_;
    bool used_ = false;
};

// The secret of a refresh token that tells its generation:
//   generation (4 bytes, big-endian) | nonce (12) | MAC of both and the grant's tag (16)
constexpr std::size_t generation_size = 4;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t mac_size = 16;
static_assert(generation_size + nonce_size + mac_size == sizeof(crypto::Digest));

// The first bytes are the MAC. What it is over is like nothing that derive() joins.
crypto::Digest mac_of(const crypto::Digest& secret, token::GrantTag tag, const Keys& keys) {
    CHECK(!keys.successor.empty(), "generations that anybody could tell");
    constexpr std::string_view purpose = "generation";
    std::array<char, purpose.size() + sizeof(std::uint64_t) + generation_size + nonce_size> text;
    char* out = std::ranges::copy(purpose, text.data()).out;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        *out++ = static_cast<char>(tag.value() >> shift & 0xff);
    }
    const std::string_view told = crypto::as_text(secret).substr(0, generation_size + nonce_size);
    CHECK(std::ranges::copy(told, out).out == text.data() + text.size());
    return crypto::hmac_sha256(keys.successor.reveal(), {text.data(), text.size()});
}

token::TokenText sealed(std::uint32_t generation, const crypto::Digest& nonce, token::GrantTag tag,
                        const Keys& keys) {
    crypto::Digest secret{};
    for (std::size_t i = 0; i < generation_size; ++i) {
        secret[i] = static_cast<std::byte>(generation >> 8 * (generation_size - 1 - i) & 0xff);
    }
    std::copy_n(nonce.begin(), nonce_size, secret.begin() + generation_size);
    std::copy_n(mac_of(secret, tag, keys).begin(), mac_size,
                secret.begin() + generation_size + nonce_size);
    GivenBytes bytes(secret);
    return token::TokenText::generate(token::TokenKind::refresh, tag, bytes);
}

}  // namespace

token::TokenText first_refresh_token(token::GrantTag tag, const Keys& keys, Random& random) {
    crypto::Digest nonce;
    random.fill(nonce);
    return sealed(0, nonce, tag, keys);
}

token::TokenText successor_of(std::string_view presented, token::GrantTag tag, const Keys& keys) {
    constexpr std::uint32_t last = UINT32_MAX;
    const std::uint32_t generation = generation_of(presented, tag, keys).value_or(0);
    return sealed(generation == last ? last : generation + 1,
                  derive(keys.successor, {"refresh", presented}), tag, keys);
}

std::optional<std::uint32_t> generation_of(std::string_view text, token::GrantTag tag,
                                           const Keys& keys) {
    if (token::parse_token(text, token::TokenKind::refresh) != tag) return std::nullopt;
    const auto secret = token::secret_of(text);
    const crypto::Digest mac = mac_of(secret, tag, keys);
    const std::string_view told = crypto::as_text(secret).substr(generation_size + nonce_size);
    if (!crypto::constant_time_equal(crypto::as_text(mac).substr(0, mac_size), told)) {
        return std::nullopt;
    }
    std::uint32_t generation = 0;
    for (std::size_t i = 0; i < generation_size; ++i) {
        generation = generation << 8 | std::to_integer<std::uint32_t>(secret[i]);
    }
    return generation;
}

token::TokenText successor_without_generation(std::string_view presented, token::GrantTag tag,
                                              const Keys& keys) {
    GivenBytes bytes(derive(keys.successor, {"refresh", presented}));
    return token::TokenText::generate(token::TokenKind::refresh, tag, bytes);
}

token::TokenText access_token_beside(std::string_view presented, token::GrantTag tag,
                                     std::string_view scope, std::string_view resource,
                                     const Keys& keys) {
    GivenBytes bytes(derive(keys.successor, {"access", presented, scope, resource}));
    return token::TokenText::generate(token::TokenKind::access, tag, bytes);
}

}  // namespace sluice::oauth
