// Client authentication methods (RFC 6749 §2.3, RFC 7591 §2): how a client proves who it is.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/name_table.h"

namespace sluice::token {

enum class ClientAuthMethod : std::uint8_t {
    none,
    client_secret_basic,
    client_secret_post,
    private_key_jwt  // RFC 7523 §2.2
};

/// Every method there is: metadata, registration and the configuration follow this list.
inline constexpr NameTable<ClientAuthMethod, 4> client_auth_method_names{
    {{"none", ClientAuthMethod::none},
     {"client_secret_basic", ClientAuthMethod::client_secret_basic},
     {"client_secret_post", ClientAuthMethod::client_secret_post},
     {"private_key_jwt", ClientAuthMethod::private_key_jwt}}};

/// RFC 6749 §2.1: a client that authenticates is confidential, any other is public.
constexpr bool is_confidential(ClientAuthMethod method) {
    return method != ClientAuthMethod::none;
}

/// Whether the client and the server share a secret.
constexpr bool has_secret(ClientAuthMethod method) {
    return is_confidential(method) && method != ClientAuthMethod::private_key_jwt;
}

constexpr std::string_view to_text(ClientAuthMethod method) {
    return name_of(client_auth_method_names, method);
}

}  // namespace sluice::token
