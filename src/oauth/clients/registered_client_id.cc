#include "oauth/clients/registered_client_id.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/check.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "oauth/client_id.h"
#include "oauth/clients/redirect_uri.h"
#include "oauth/clients/stored_client.h"

namespace sluice::oauth {
namespace {

constexpr std::string_view purpose = "registered clients";
constexpr std::size_t salt_bytes = 12;

crypto::SealKey sealing_key(const Keys& keys) {
    return crypto::SealKey::derive(keys.form.reveal(), purpose);
}

// A nonce that follows from the text: one text gives one identifier, and two texts never share a
// nonce (as SIV, RFC 5297).
class SyntheticNonce final : public Random {
public:
    SyntheticNonce(const Keys& keys, std::string_view text)
        : bytes_(crypto::hmac_sha256(
              crypto::SealKey::derive(keys.form.reveal(), "nonces of registered clients").reveal(),
              text)) {}

    void fill(std::span<std::byte> out) override {
        CHECK(out.size() <= bytes_.size() && !used_, "one nonce");
        std::ranges::copy(std::span(bytes_).first(out.size()), out.begin());
        used_ = true;
    }

private:
    crypto::Digest bytes_;
    bool used_ = false;
};

// Two confidential clients of one metadata have two identifiers, and so two secrets.
std::string new_salt(Random& random) {
    std::array<std::byte, salt_bytes> bytes;
    random.fill(bytes);
    return crypto::base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Client without_ports(const Client& client) {
    Client same = client;
    for (std::string& uri : same.redirect_uris) uri = without_loopback_port(uri);
    std::ranges::sort(same.redirect_uris);
    const auto repeated = std::ranges::unique(same.redirect_uris);
    same.redirect_uris.erase(repeated.begin(), repeated.end());
    return same;
}

}  // namespace

std::string seal_client_id(const Client& client, const Keys& keys, Random& random) {
    CHECK(!keys.form.empty(), "an identifier that anybody could make");
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    write_registered(json, without_ports(client));
    if (client.confidential()) json.member("salt", std::string_view(new_salt(random)));
    json.end_object();
    SyntheticNonce nonce(keys, text);
    std::string client_id(registered_client_prefix);
    return client_id.append(crypto::seal(sealing_key(keys), text, purpose, nonce));
}

std::optional<Client> open_client_id(std::string_view client_id, const Keys& keys) {
    if (!client_id.starts_with(registered_client_prefix) ||
        client_id.size() > registered_client_id_size_max) {
        return std::nullopt;
    }
    const auto text = crypto::open_sealed(
        sealing_key(keys), client_id.substr(registered_client_prefix.size()), purpose);
    const auto document = text ? JsonDocument::parse(*text) : failure(JsonError{});
    if (!document) return std::nullopt;
    auto client = read_registered(document->root());
    if (!client) return std::nullopt;
    client->client_id = client_id;
    if (client->has_secret()) {
        client->secret_digest = crypto::sha256(secret_of_client(client_id, keys).reveal());
    }
    return client;
}

Secret secret_of_client(std::string_view client_id, const Keys& keys) {
    const auto key = crypto::SealKey::derive(keys.form.reveal(), "secrets of registered clients");
    return Secret("secret_" +
                  crypto::base64url(crypto::as_text(crypto::hmac_sha256(key.reveal(), client_id))));
}

}  // namespace sluice::oauth
