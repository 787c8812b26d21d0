// Client credentials in a request: client_secret_basic, client_secret_post (RFC 6749 §2.3.1),
// private_key_jwt (RFC 7523 §2.2), none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "http/form.h"
#include "http/message.h"
#include "oauth/clients/client_assertion.h"
#include "oauth/clients/client_directory.h"
#include "oauth/errors.h"

namespace sluice::oauth {

/// What a request presents, unchecked.
struct ClientCredentials {
    std::string client_id;
    Secret secret;           // empty where none was sent
    bool in_header = false;  // HTTP Basic: a refusal then carries a challenge
    // Of Basic, as form-decoded; empty where there is nothing to decode.
    std::string client_id_decoded;
    Secret secret_decoded;
    std::optional<ClientAssertion> assertion;  // nothing beside it then

    /// Something was sent that could be wrong.
    bool has_proof() const { return !secret.empty() || assertion.has_value(); }
    Challenge challenge() const { return in_header ? Challenge::basic : Challenge::none; }
};

/// Errors: invalid_request where two methods are used at once or the header and body name different
/// clients; invalid_client where nothing identifies a client, in a way that is not supported, or by
/// an assertion that cannot be read.
Result<ClientCredentials> read_client_credentials(const http::Request& request,
                                                  const http::Form& form);

/// The client that the credentials name, whichever way they are encoded; null where there is none.
const ClientHandle* find_claimed_client(const ClientDirectory& clients,
                                        const ClientCredentials& credentials);

/// RFC 6749 §2.3.1 wants both halves of HTTP Basic form-encoded, and most clients send them as they
/// are: either reading may be the right one. Assertions are prove_client()'s affair.
/// Errors: invalid_client, in the same words and time whatever is wrong.
Result<ClientHandle> check_client_credentials(const ClientDirectory& clients,
                                              const ClientCredentials& credentials);

}  // namespace sluice::oauth
