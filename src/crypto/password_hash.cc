#include "crypto/password_hash.h"

#include <openssl/digest.h>
#include <openssl/evp.h>

#include <array>

#include "base/ascii.h"
#include "base/check.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"

namespace sluice::crypto {
namespace {

constexpr std::string_view head = "$pbkdf2-sha256$i=";
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t salt_bytes_min = 8;
constexpr std::size_t salt_bytes_max = 64;

/// Cuts what stands before the first '$', and the '$', off `rest`.
std::optional<std::string_view> next_part(std::string_view& rest) {
    const std::size_t end = rest.find('$');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return part;
}

std::string new_salt(Random& random) {
    std::string salt(salt_bytes, '\0');
    random.fill(std::as_writable_bytes(std::span(salt)));
    return salt;
}

Digest hash_of(std::string_view password, std::string_view salt, std::uint32_t iterations) {
    Digest hash;
    pbkdf2_hmac_sha256(password, salt, iterations, hash);
    return hash;
}

}  // namespace

void pbkdf2_hmac_sha256(std::string_view password, std::string_view salt, std::uint32_t iterations,
                        std::span<std::byte> out) {
    CHECK(iterations > 0 && !out.empty());
    const int done = PKCS5_PBKDF2_HMAC(password.data(), password.size(),
                                       reinterpret_cast<const std::uint8_t*>(salt.data()),
                                       salt.size(), iterations, EVP_sha256(), out.size(),
                                       reinterpret_cast<std::uint8_t*>(out.data()));
    CHECK(done == 1);
}

PasswordHash::PasswordHash(Kind kind, std::uint32_t iterations, std::string salt, std::string hash)
    : kind_(kind), iterations_(iterations), salt_(std::move(salt)), hash_(std::move(hash)) {
    CHECK(iterations_ >= iterations_min && iterations_ <= iterations_max);
    CHECK(salt_.size() >= salt_bytes_min && salt_.size() <= salt_bytes_max);
    CHECK(hash_.size() == sizeof(Digest));
}

PasswordHash PasswordHash::make(std::string_view password, Random& random,
                                std::uint32_t iterations) {
    CHECK(iterations >= iterations_min && iterations <= iterations_max);
    std::string salt = new_salt(random);
    const Digest hash = hash_of(password, salt, iterations);
    return PasswordHash(Kind::stretched, iterations, std::move(salt), std::string(as_text(hash)));
}

PasswordHash PasswordHash::of_known(std::string_view password) {
    std::string salt(salt_bytes, '\0');  // it leaves the process nowhere
    const Digest hash = hash_of(password, salt, 1);
    return PasswordHash(Kind::known, iterations_min, std::move(salt), std::string(as_text(hash)));
}

std::optional<PasswordHash> PasswordHash::parse(std::string_view text) {
    if (!text.starts_with(head)) return std::nullopt;
    text.remove_prefix(head.size());
    const auto iterations_text = next_part(text);
    const auto salt_text = next_part(text);
    if (!iterations_text || !salt_text) return std::nullopt;

    const auto iterations = parse_decimal(*iterations_text);
    if (!iterations || *iterations < iterations_min || *iterations > iterations_max) {
        return std::nullopt;
    }
    if (salt_text->ends_with('=') || text.ends_with('=')) return std::nullopt;
    auto salt = decode_base64(*salt_text);
    auto hash = decode_base64(text);
    if (!salt || salt->size() < salt_bytes_min || salt->size() > salt_bytes_max)
        return std::nullopt;
    if (!hash || hash->size() != sizeof(Digest)) return std::nullopt;
    return PasswordHash(Kind::stretched, static_cast<std::uint32_t>(*iterations), std::move(*salt),
                        std::move(*hash));
}

PasswordHash PasswordHash::of_nobody() {
    return PasswordHash(Kind::stretched, iterations_min, std::string(salt_bytes, '\0'),
                        std::string(sizeof(Digest), '\0'));
}

bool PasswordHash::verify(std::string_view password, std::uint32_t cost) const {
    const Digest stretched = hash_of(password, salt_, iterations_);
    if (cost > iterations_) hash_of(password, salt_, cost - iterations_);
    if (kind_ == Kind::stretched) return constant_time_equal(as_text(stretched), hash_);
    return constant_time_equal(as_text(hash_of(password, salt_, 1)), hash_);
}

Digest PasswordHash::mark(std::string_view key) const {
    CHECK(!key.empty(), "a mark that tells about the password");
    return hmac_sha256(key, salt_ + hash_);
}

std::string PasswordHash::text() const {
    CHECK(kind_ == Kind::stretched);
    std::string text(head);
    text.append(std::to_string(iterations_)).append("$");
    text.append(base64_unpadded(salt_)).append("$").append(base64_unpadded(hash_));
    return text;
}

}  // namespace sluice::crypto
