// Reading and writing a client's keys.
#include "oauth/clients/client_keys.h"

#include "http/uri.h"
#include "oauth/settings.h"

namespace sluice::oauth {
namespace {

constexpr std::size_t uri_size_max = 1024;  // bytes
constexpr std::size_t keys_max = 16;        // of one client

std::unexpected<Error> bad_metadata(std::string_view description) {
    return refuse(ErrorCode::invalid_client_metadata, description);
}

Result<ClientKeys> read_jwks(const JsonValue& value) {
    auto set = crypto::JwkSet::parse(value);
    if (!set) return bad_metadata("jwks is not usable: " + std::string(set.error().reason) + ".");
    if (set->empty() || set->keys().size() > keys_max) {
        return bad_metadata(
            "jwks needs 1 to 16 public keys that verify signatures: RSA of 2048 bits or more, or "
            "EC on P-256, P-384 or P-521.");
    }
    return ClientKeys{std::make_shared<const crypto::JwkSet>(*std::move(set)), {}};
}

// Strangers name these URLs; which addresses they may lead to is judged when they are fetched.
Result<ClientKeys> read_jwks_uri(const JsonValue& value, const Settings& settings) {
    const auto text = value.string();
    const auto url = text && text->size() <= uri_size_max ? http::HttpUrl::parse(*text)
                                                          : std::optional<http::HttpUrl>();
    if (!url || !url->secure()) return bad_metadata("jwks_uri is not an https URL.");
    if (!settings.outgoing_trust) {
        return bad_metadata("This server fetches no keys. Send them as jwks.");
    }
    return ClientKeys{nullptr, std::string(*text)};
}

std::optional<JsonValue> find_given(const JsonValue& object, std::string_view name) {
    auto member = object.find(name);
    return member && !member->is_null() ? member : std::nullopt;
}

}  // namespace

Result<ClientKeys> read_client_keys(const JsonValue& metadata, const Settings& settings) {
    const auto jwks = find_given(metadata, "jwks");
    const auto jwks_uri = find_given(metadata, "jwks_uri");
    if (jwks.has_value() == jwks_uri.has_value()) {
        return bad_metadata("private_key_jwt needs jwks or jwks_uri, and not both.");
    }
    return jwks ? read_jwks(*jwks) : read_jwks_uri(*jwks_uri, settings);
}

ClientKeys read_stored_keys(const JsonValue& client) {
    ClientKeys keys;
    keys.jwks_uri = client.find_string("jwks_uri").value_or("");
    if (const auto jwks = client.find("jwks")) {
        if (auto set = crypto::JwkSet::parse(*jwks)) {
            keys.jwks = std::make_shared<const crypto::JwkSet>(*std::move(set));
        }
    }
    return keys;
}

void write_client_keys(JsonWriter& json, const ClientKeys& keys) {
    if (keys.jwks) json.key("jwks").raw(keys.jwks->text());
    if (!keys.jwks_uri.empty()) json.member("jwks_uri", std::string_view(keys.jwks_uri));
}

}  // namespace sluice::oauth
