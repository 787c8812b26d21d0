// Digests: SHA-256 (FIPS 180-4), HMAC (RFC 2104), and constant-time comparison.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

namespace sluice::crypto {

/// A SHA-256 (FIPS 180-4). What tables of tokens and generated secrets are keyed by.
using Digest = std::array<std::byte, 32>;

Digest sha256(std::string_view text);

/// RFC 2104 over SHA-256. The key may have any length.
Digest hmac_sha256(std::string_view key, std::string_view text);

/// Time depends on the lengths only, which are no secret.
bool constant_time_equal(std::string_view a, std::string_view b);
bool constant_time_equal(const Digest& a, const Digest& b);

/// The bytes of a digest, for what takes text; valid while `digest` lives.
inline std::string_view as_text(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// For hash tables: a digest is already evenly spread, so its first bytes do.
struct DigestHash {
    std::size_t operator()(const Digest& digest) const noexcept {
        std::size_t value = 0;
        std::memcpy(&value, digest.data(), sizeof value);
        return value;
    }
};

}  // namespace sluice::crypto
