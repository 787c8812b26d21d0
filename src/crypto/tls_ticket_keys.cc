#include "crypto/tls_ticket_keys.h"

#include <openssl/digest.h>
#include <openssl/hkdf.h>

#include <algorithm>
#include <span>

#include "base/check.h"

namespace sluice::crypto {
namespace {

void derive(std::span<char> into, std::string_view seed, std::string_view purpose) {
    const auto bytes = [](std::string_view text) {
        return reinterpret_cast<const std::uint8_t*>(text.data());
    };
    const int done = HKDF(reinterpret_cast<std::uint8_t*>(into.data()), into.size(), EVP_sha256(),
                          bytes(seed), seed.size(), nullptr, 0, bytes(purpose), purpose.size());
    CHECK(done == 1);
}

Secret derive_secret(std::string_view seed, std::string_view purpose) {
    std::string secret(32, '\0');
    derive(secret, seed, purpose);
    return Secret(std::move(secret));
}

TlsTicketKeys::Key key_of(std::string_view seed) {
    TlsTicketKeys::Key key;
    derive(key.name, seed, "ticket key's name");
    key.secret = derive_secret(seed, "ticket key");
    return key;
}

}  // namespace

TlsTicketKeys::TlsTicketKeys(Secret seed, MonotonicTime since, Duration period)
    : seed_(std::move(seed)), until_(since + period), period_(period) {
    CHECK(period > Duration::zero() && !seed_.empty());
    keys_[0] = key_of(seed_.reveal());
}

const TlsTicketKeys::Key& TlsTicketKeys::current(MonotonicTime now) {
    advance(now);
    return keys_[0];
}

const TlsTicketKeys::Key* TlsTicketKeys::find(std::string_view name, MonotonicTime now) {
    advance(now);
    for (const Key& key : keys_) {
        if (!key.secret.empty() && std::ranges::equal(key.name, name)) return &key;
    }
    return nullptr;
}

void TlsTicketKeys::advance(MonotonicTime now) {
    for (; now >= until_; until_ += period_) step();
}

void TlsTicketKeys::step() {
    seed_ = derive_secret(seed_.reveal(), "next ticket key");
    CHECK(!keys_[0].secret.empty());
    keys_[2] = std::move(keys_[1]);
    keys_[1] = std::move(keys_[0]);
    keys_[0] = key_of(seed_.reveal());
}

}  // namespace sluice::crypto
