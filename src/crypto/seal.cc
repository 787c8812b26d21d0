#include "crypto/seal.h"

#include <openssl/aead.h>
#include <openssl/digest.h>
#include <openssl/hkdf.h>

#include <cstdint>
#include <span>

#include "base/check.h"
#include "crypto/base64url.h"
#include "crypto/reused_buffer.h"

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

bool open_sealed(const SealKey& key, std::string_view sealed, std::string_view associated,
                 std::string& text) {
    if (!decode_base64url(sealed, text) || text.size() < nonce_size + tag_size) return false;
    bssl::ScopedEVP_AEAD_CTX cipher;
    start(cipher, key);
    std::uint8_t* const box = bytes_of(text) + nonce_size;  // opened where it lies
    const std::size_t box_size = text.size() - nonce_size;
    std::size_t size = 0;
    if (EVP_AEAD_CTX_open(cipher.get(), box, &size, box_size, bytes_of(text), nonce_size, box,
                          box_size, bytes_of(associated), associated.size()) != 1) {
        return false;
    }
    CHECK(size + tag_size == box_size);
    text.resize(nonce_size + size);
    text.erase(0, nonce_size);
    return true;
}

std::optional<std::string> open_sealed(const SealKey& key, std::string_view sealed,
                                       std::string_view associated) {
    std::string text;
    if (!open_sealed(key, sealed, associated, text)) return std::nullopt;
    return text;
}

}  // namespace sluice::crypto
