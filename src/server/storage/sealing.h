// Encryption at rest with key rotation: one key that seals the server's own keys, and former ones
// that still open them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/secret.h"
#include "crypto/seal.h"

namespace sluice::server {

class Sealing {
public:
    /// keys  At least one. The first seals, all open.
    explicit Sealing(std::span<const Secret> keys);

    /// associated  What the text is for; open() must be told the same.
    std::string seal(std::string_view text, std::string_view associated, Random& random) const;

    struct Opened {
        Secret text;
        bool current;  // sealed with the key that seals now
    };
    /// Nothing where none of the keys has sealed it for this, or it was changed.
    std::optional<Opened> open(std::string_view sealed, std::string_view associated) const;

private:
    std::vector<crypto::SealKey> keys_;
};

}  // namespace sluice::server
