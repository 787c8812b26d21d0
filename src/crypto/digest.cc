#include "crypto/digest.h"

#include <openssl/digest.h>
#include <openssl/hmac.h>
#include <openssl/mem.h>
#include <openssl/sha2.h>

#include "base/check.h"

namespace sluice::crypto {
namespace {

const std::uint8_t* bytes_of(std::string_view text) {
    return reinterpret_cast<const std::uint8_t*>(text.data());
}

}  // namespace

Digest sha256(std::string_view text) {
    Digest digest;
    SHA256(bytes_of(text), text.size(), reinterpret_cast<std::uint8_t*>(digest.data()));
    return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view text) {
    Digest digest;
    unsigned size = 0;
    const auto* made = HMAC(EVP_sha256(), key.data(), key.size(), bytes_of(text), text.size(),
                            reinterpret_cast<std::uint8_t*>(digest.data()), &size);
    CHECK(made != nullptr && size == digest.size());
    return digest;
}

bool constant_time_equal(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool constant_time_equal(const Digest& a, const Digest& b) {
    return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace sluice::crypto
