#include "server/storage/sealing.h"

#include "base/check.h"

namespace sluice::server {

Sealing::Sealing(std::span<const Secret> keys) {
    CHECK(!keys.empty(), "nothing to seal with");
    for (const Secret& key : keys) {
        keys_.push_back(crypto::SealKey::derive(key.reveal(), "sluice server keys"));
    }
}

std::string Sealing::seal(std::string_view text, std::string_view associated,
                          Random& random) const {
    return crypto::seal(keys_.front(), text, associated, random);
}

std::optional<Sealing::Opened> Sealing::open(std::string_view sealed,
                                             std::string_view associated) const {
    for (const crypto::SealKey& key : keys_) {
        if (auto text = crypto::open_sealed(key, sealed, associated)) {
            return Opened{Secret(*std::move(text)), &key == &keys_.front()};
        }
    }
    return std::nullopt;
}

}  // namespace sluice::server
