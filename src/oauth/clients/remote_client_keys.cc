#include "oauth/clients/remote_client_keys.h"

#include <algorithm>

#include "base/check.h"
#include "http/fetch.h"

namespace sluice::oauth {

io::Task<Result<token::RemoteJwks::Keys>> RemoteClientKeys::keys_of(ClientHandle client,
                                                                    const crypto::Jws& jws) {
    if (client->keys.jwks != nullptr) co_return client->keys.jwks;
    const std::shared_ptr<token::RemoteJwks> remote = find(*client);
    auto keys = remote ? co_await remote->keys_for(jws) : nullptr;
    if (keys != nullptr) co_return keys;
    co_return refuse_for_now(ErrorCode::busy,
                             "The keys of the client cannot be fetched from its jwks_uri now.",
                             remote ? remote->retry_after() : Seconds{60});
}

std::shared_ptr<token::RemoteJwks> RemoteClientKeys::find(const Client& client) {
    CHECK(client.auth_method == ClientAuthMethod::private_key_jwt, client.client_id);
    const auto url = http::HttpUrl::parse(client.keys.jwks_uri);
    if (!url || http_client_ == nullptr) return nullptr;
    // What an operator has written may lead anywhere.
    const http::AddressGuard guard = client.registered ? http::is_public_address : nullptr;
    const std::string key = (client.registered ? "registered " : "") + client.keys.jwks_uri;
    auto found = sets_.find(key);
    if (found == sets_.end()) {
        make_room();
        const crypto::TlsTrust* trust =
            settings_.outgoing_trust ? &*settings_.outgoing_trust : nullptr;
        auto fetch = [this, url = *url, guard, trust] {
            return http::fetch_json(shard_, *http_client_, url, {.trust = trust, .guard = guard});
        };
        found = sets_.emplace(key, Entry{std::make_shared<token::RemoteJwks>(shard_, fetch)}).first;
    }
    found->second.asked_at = shard_.now();
    return found->second.keys;
}

void RemoteClientKeys::make_room() {
    if (sets_.size() < sets_max) return;
    sets_.erase(
        std::ranges::min_element(sets_, {}, [](const auto& set) { return set.second.asked_at; }));
    CHECK(sets_.size() < sets_max);
}

}  // namespace sluice::oauth
