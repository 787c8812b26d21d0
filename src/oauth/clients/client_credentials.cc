// Reading and checking client credentials.
#include "oauth/clients/client_credentials.h"

#include "base/ascii.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "http/uri.h"
#include "oauth/parameters.h"

namespace sluice::oauth {
namespace {

constexpr std::size_t basic_size_max = 16 * 1024;  // bytes

std::unexpected<Error> not_authenticated(Challenge challenge) {
    return refuse(ErrorCode::invalid_client,
                  "Client authentication failed: unknown client or invalid credentials.",
                  challenge);
}

// RFC 6749 appendix B. A text that cannot be decoded stands for itself.
std::string form_decoded(std::string_view text) {
    std::string blanks(text);
    for (char& c : blanks) c = c == '+' ? ' ' : c;
    std::string decoded;
    return http::append_percent_decoded(decoded, blanks) ? decoded : std::string(text);
}

Result<ClientCredentials> read_basic(std::string_view value) {
    constexpr std::string_view scheme = "Basic";
    if (value.size() > basic_size_max || value.size() <= scheme.size() ||
        !equal_ignoring_case(value.substr(0, scheme.size()), scheme) ||
        value[scheme.size()] != ' ') {
        return not_authenticated(Challenge::basic);
    }
    const auto decoded = crypto::decode_base64(trim(value.substr(scheme.size())));
    const std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
    if (colon == std::string::npos || colon == 0) return not_authenticated(Challenge::basic);

    const std::string_view pair(*decoded);
    ClientCredentials credentials;
    credentials.in_header = true;
    credentials.client_id = pair.substr(0, colon);
    credentials.secret = Secret(std::string(pair.substr(colon + 1)));
    if (pair.find_first_of("%+") != std::string_view::npos) {
        credentials.client_id_decoded = form_decoded(credentials.client_id);
        credentials.secret_decoded = Secret(form_decoded(credentials.secret.reveal()));
    }
    return credentials;
}

// RFC 7521 §4.2: client_id may be absent, and may not be another's.
Result<ClientCredentials> read_assertion(const http::Form& form) {
    const auto client_id = parameter(form, "client_id");
    if (parameter(form, "client_assertion_type") != client_assertion_type) {
        return refuse(ErrorCode::invalid_client,
                      "The client_assertion_type is missing or not supported.");
    }
    TRY(const std::string_view text, require_parameter(form, "client_assertion"));
    ClientCredentials credentials;
    TRY(credentials.assertion, ClientAssertion::parse(text));
    credentials.client_id = credentials.assertion->client_id();
    if (client_id && *client_id != credentials.client_id) {
        return refuse(ErrorCode::invalid_client,
                      "The client_id does not match the client assertion.");
    }
    return credentials;
}

bool secret_matches(const Client& client, const ClientCredentials& credentials) {
    const auto matches = [&](const Secret& secret) {
        return crypto::constant_time_equal(crypto::sha256(secret.reveal()), client.secret_digest);
    };
    const bool as_sent = matches(credentials.secret);
    const bool as_decoded =
        !credentials.secret_decoded.empty() && matches(credentials.secret_decoded);
    return as_sent || as_decoded;
}

}  // namespace

Result<ClientCredentials> read_client_credentials(const http::Request& request,
                                                  const http::Form& form) {
    const auto client_id = parameter(form, "client_id");
    const auto secret = parameter(form, "client_secret");
    if (request.field_count("Authorization") > 1) {
        return refuse(ErrorCode::invalid_request, "There is more than one Authorization header.");
    }
    const auto header = request.field("Authorization");
    const bool asserts =
        parameter(form, "client_assertion") || parameter(form, "client_assertion_type");
    if (int{header.has_value()} + int{secret.has_value()} + int{asserts} > 1) {
        return refuse(ErrorCode::invalid_request,
                      "The request uses more than one client authentication method.");
    }
    if (asserts) return read_assertion(form);
    if (header) {
        TRY(ClientCredentials credentials, read_basic(*header));
        if (client_id && *client_id != credentials.client_id &&
            *client_id != credentials.client_id_decoded) {
            return refuse(ErrorCode::invalid_request,
                          "The client_id does not match the Authorization header.");
        }
        return credentials;
    }
    if (!client_id) {
        return refuse(ErrorCode::invalid_client,
                      "The request has neither client authentication nor a client_id.");
    }
    ClientCredentials credentials;
    credentials.client_id = *client_id;
    if (secret) credentials.secret = Secret(std::string(*secret));
    return credentials;
}

const ClientHandle* find_claimed_client(const ClientDirectory& clients,
                                        const ClientCredentials& credentials) {
    const ClientHandle* found = clients.find(credentials.client_id);
    if (found != nullptr || credentials.client_id_decoded.empty()) return found;
    return clients.find(credentials.client_id_decoded);
}

Result<ClientHandle> check_client_credentials(const ClientDirectory& clients,
                                              const ClientCredentials& credentials) {
    const ClientHandle* found = find_claimed_client(clients, credentials);
    // Somebody to compare with, so that an unknown client takes as long.
    const Client nobody;
    const bool matches = secret_matches(found != nullptr ? **found : nobody, credentials);
    if (found == nullptr) return not_authenticated(credentials.challenge());

    // A public client has nothing to prove, and one that sends a secret takes itself for another.
    const bool proved = (*found)->confidential()
                            ? (*found)->has_secret() && matches && !credentials.secret.empty()
                            : !credentials.in_header && credentials.secret.empty();
    if (!proved) return not_authenticated(credentials.challenge());
    return *found;
}

}  // namespace sluice::oauth
