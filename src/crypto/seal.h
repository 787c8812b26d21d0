// Authenticated encryption (AEAD, XChaCha20-Poly1305): sealed texts, so that state may travel
// through a browser or lie on a disk.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/secret.h"

namespace sluice::crypto {

/// 256 bits for seal() and open_sealed().
class SealKey {
public:
    static constexpr std::size_t size = 32;  // bytes

    static SealKey generate(Random& random);
    /// The key that `secret` (at least 256 bits of entropy) gives for one purpose; keys of
    /// different purposes tell nothing of each other (HKDF, RFC 5869, over SHA-256).
    static SealKey derive(std::string_view secret, std::string_view purpose);

    std::string_view reveal() const { return bytes_.reveal(); }

private:
    explicit SealKey(Secret bytes) : bytes_(std::move(bytes)) {}
    Secret bytes_;
};

/// XChaCha20-Poly1305, base64url: its 192-bit nonces may be random for any number of texts.
/// associated  What the text belongs to (a purpose, a session): not contained, but open_sealed()
/// must
///             be given the same.
/// The size of `text` shows; nothing else does.
std::string seal(const SealKey& key, std::string_view text, std::string_view associated,
                 Random& random);

/// Nothing where `sealed` was not made by seal() with this key and this `associated`, or was
/// changed.
std::optional<std::string> open_sealed(const SealKey& key, std::string_view sealed,
                                       std::string_view associated);

}  // namespace sluice::crypto
