// Filling and asking the directory.
#include "oauth/clients/client_directory.h"

#include "base/check.h"

namespace sluice::oauth {
namespace {

Client make_client(const ClientSetting& setting) {
    Client client;
    client.client_id = setting.client_id;
    client.name = setting.client_name;
    client.auth_method = setting.auth_method;
    if (client.has_secret()) {
        CHECK(!setting.client_secret.empty(), setting.client_id);
        client.secret_digest = crypto::sha256(setting.client_secret.reveal());
    }
    client.keys = setting.keys;
    client.redirect_uris = setting.redirect_uris;
    client.grant_types = setting.grant_types;
    client.scope_max = setting.scope;
    client.introspect = setting.introspect;
    return client;
}

}  // namespace

ClientDirectory::ClientDirectory(const Settings& settings, std::uint64_t hash_seed)
    : by_id_(storage::make_text_map<ClientHandle>(hash_seed)) {
    for (const ClientSetting& setting : settings.clients) add(make_client(setting));
}

const ClientHandle* ClientDirectory::find(std::string_view client_id) const {
    const auto found = by_id_.find(client_id);
    return found != by_id_.end() ? &found->second : nullptr;
}

void ClientDirectory::add(Client client) {
    CHECK(!client.client_id.empty(), "a client of no name");
    auto handle = std::make_shared<const Client>(std::move(client));
    const auto [place, is_new] = by_id_.try_emplace(handle->client_id, handle);
    if (is_new) return;
    place->second = std::move(handle);
    ++revision_;
}

void ClientDirectory::add_met(Client client) {
    CHECK(client.registered && !client.client_id.empty(), "configured clients are never forgotten");
    auto handle = std::make_shared<const Client>(std::move(client));
    const auto [place, is_new] = by_id_.try_emplace(handle->client_id, handle);
    if (!is_new) {
        place->second = std::move(handle);
        return;
    }
    met_.push_back(place->first);
    if (met_.size() <= met_max) return;
    by_id_.erase(met_.front());
    met_.pop_front();
    CHECK(met_.size() == met_max);
}

void ClientDirectory::add_document(Client client) {
    const ClientHandle* known = find(client.client_id);
    if (known == nullptr) return add_met(std::move(client));
    const Client& before = **known;
    const bool same = before.name == client.name && before.auth_method == client.auth_method &&
                      before.grant_types == client.grant_types &&
                      before.redirect_uris == client.redirect_uris &&
                      before.keys.jwks_uri == client.keys.jwks_uri &&
                      before.keys.jwks == client.keys.jwks;  // those of another document are others
    if (same) return;
    add(std::move(client));
}

void ClientDirectory::remove(std::string_view client_id) {
    ++revision_;  // one that is forgotten may have proved itself
    by_id_.erase(std::string(client_id));
    std::erase(met_, client_id);
}

}  // namespace sluice::oauth
