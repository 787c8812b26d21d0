#include "crypto/seal.h"

#include <openssl/aead.h>
#include <openssl/digest.h>
#include <openssl/hkdf.h>

#include <cstdint>
#include <span>

#include "base/check.h"
#include "crypto/base64url.h"

namespace sluice::crypto {
namespace {

constexpr std::size_t nonce_size = 24;
constexpr std::size_t tag_size = 16;

const std::uint8_t* bytes_of(std::string_view text) {
    return reinterpret_cast<const std::uint8_t*>(text.data());
}
std::uint8_t* bytes_of(std::string& text) {
    return reinterpret_cast<std::uint8_t*>(text.data());
}

void start(bssl::ScopedEVP_AEAD_CTX& cipher, const SealKey& key) {
    CHECK(key.reveal().size() == SealKey::size);
    const int ready = EVP_AEAD_CTX_init(cipher.get(), EVP_aead_xchacha20_poly1305(),
                                        bytes_of(key.reveal()), SealKey::size, tag_size, nullptr);
    CHECK(ready == 1);
}

}  // namespace

SealKey SealKey::generate(Random& random) {
    std::string bytes(size, '\0');
    random.fill(std::as_writable_bytes(std::span(bytes)));
    return SealKey(Secret(std::move(bytes)));
}

SealKey SealKey::derive(std::string_view secret, std::string_view purpose) {
    CHECK(!secret.empty(), "a key that anybody could derive");
    std::string bytes(size, '\0');
    const int done = HKDF(bytes_of(bytes), size, EVP_sha256(), bytes_of(secret), secret.size(),
                          nullptr, 0, bytes_of(purpose), purpose.size());
    CHECK(done == 1);
    return SealKey(Secret(std::move(bytes)));
}

std::string seal(const SealKey& key, std::string_view text, std::string_view associated,
                 Random& random) {
    std::string sealed(nonce_size + text.size() + tag_size, '\0');
    random.fill(std::as_writable_bytes(std::span(sealed).first(nonce_size)));
    bssl::ScopedEVP_AEAD_CTX cipher;
    start(cipher, key);
    std::size_t size = 0;
    const int done =
        EVP_AEAD_CTX_seal(cipher.get(), bytes_of(sealed) + nonce_size, &size,
                          text.size() + tag_size, bytes_of(sealed), nonce_size, bytes_of(text),
                          text.size(), bytes_of(associated), associated.size());
    CHECK(done == 1 && size == text.size() + tag_size);
    return base64url(sealed);
}

std::optional<std::string> open_sealed(const SealKey& key, std::string_view sealed,
                                       std::string_view associated) {
    const auto bytes = decode_base64url(sealed);
    if (!bytes || bytes->size() < nonce_size + tag_size) return std::nullopt;
    const std::string_view nonce = std::string_view(*bytes).substr(0, nonce_size);
    const std::string_view box = std::string_view(*bytes).substr(nonce_size);
    std::string text(box.size(), '\0');
    bssl::ScopedEVP_AEAD_CTX cipher;
    start(cipher, key);
    std::size_t size = 0;
    if (EVP_AEAD_CTX_open(cipher.get(), bytes_of(text), &size, text.size(), bytes_of(nonce),
                          nonce.size(), bytes_of(box), box.size(), bytes_of(associated),
                          associated.size()) != 1) {
        return std::nullopt;
    }
    CHECK(size + tag_size == box.size());
    text.resize(size);
    return text;
}

}  // namespace sluice::crypto
