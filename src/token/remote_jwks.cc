#include "token/remote_jwks.h"

#include "base/check.h"

namespace sluice::token {

bool RemoteJwks::is_useful_for(const crypto::Jws& jws) const {
    const Keys keys = known();
    return keys != nullptr && keys->has_key_for(jws);
}

io::Task<RemoteJwks::Keys> RemoteJwks::keys_for(const crypto::Jws& jws, io::CancelScope* scope) {
    const bool is_useful = is_useful_for(jws);
    if (is_useful && (shard_.now() < fresh_until_ || flight_ != nullptr)) co_return known();
    if (flight_ != nullptr) {
        const std::shared_ptr<io::Event> landing = flight_;
        co_await landing->wait(scope);
        co_return known();
    }
    if (shard_.now() < next_ask_) co_return known();
    next_ask_ = shard_.now() + ask_interval;
    flight_ = std::make_shared<io::Event>(shard_);
    take(co_await fetch_());
    const std::shared_ptr<io::Event> landed = std::exchange(flight_, nullptr);
    CHECK(landed != nullptr, "one fetch at a time");
    landed->set();
    co_return known();
}

void RemoteJwks::take(const http::ClientResult<std::string>& text) {
    if (!text) {
        fault_ = text.error().description;
        return;
    }
    auto keys = crypto::JwkSet::parse(*text);
    if (!keys) {
        fault_ = keys.error().reason;
    } else if (keys->empty()) {
        fault_ = "the JWK Set has no key that verifies signatures";
    } else {
        fault_ = {};
        keys_ = std::make_shared<const crypto::JwkSet>(*std::move(keys));
        fresh_until_ = shard_.now() + fresh_for;
        kept_until_ = shard_.now() + kept_for;
    }
}

Seconds RemoteJwks::retry_after() const {
    const Duration left = next_ask_ - shard_.now();
    return std::max(Seconds{1}, std::chrono::ceil<Seconds>(left));
}

}  // namespace sluice::token
