// Self-contained client identifiers of dynamic registration (RFC 7591): what was registered,
// sealed, so that nothing is stored before somebody consents.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/secret.h"
#include "oauth/clients/client.h"
#include "oauth/keys.h"

namespace sluice::oauth {

/// Nobody gets a longer one.
inline constexpr std::size_t registered_client_id_size_max = std::size_t{8} << 10;  // bytes

/// The identifier, however long, that stands for `client`, whose own client_id, secret and times
/// are not looked at. Letters, digits, '-' and '_' alone. Of a public client always the same,
/// whatever loopback ports its redirect URIs have; of a confidential one never the same twice.
std::string seal_client_id(const Client& client, const Keys& keys, Random& random);

/// The client of seal_client_id(), with its secret's digest, on any core and box that has the same
/// keys. Nothing for any other text.
std::optional<Client> open_client_id(std::string_view client_id, const Keys& keys);

/// The secret of a confidential client of that identifier: derived, and so stored nowhere.
Secret secret_of_client(std::string_view client_id, const Keys& keys);

}  // namespace sluice::oauth
