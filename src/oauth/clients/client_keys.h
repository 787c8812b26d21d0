// Keys of a client (RFC 7591 §2: jwks, jwks_uri): what its assertions are verified with.
#pragma once

#include <memory>
#include <string>

#include "base/json.h"
#include "base/json_writer.h"
#include "crypto/jwk_set.h"
#include "oauth/errors.h"

namespace sluice::oauth {

struct Settings;

/// One of the two, for private_key_jwt; neither for another method.
struct ClientKeys {
    std::shared_ptr<const crypto::JwkSet> jwks;
    std::string jwks_uri;
};

/// Of the metadata that a client registers with. Errors: invalid_client_metadata where there is
/// neither or both, no usable key, or a URL that will not be fetched.
Result<ClientKeys> read_client_keys(const JsonValue& metadata, const Settings& settings);

/// Of what write_client_keys() wrote; nothing where there are none.
ClientKeys read_stored_keys(const JsonValue& client);
/// The members `jwks` or `jwks_uri`, where there are any.
void write_client_keys(JsonWriter& json, const ClientKeys& keys);

}  // namespace sluice::oauth
