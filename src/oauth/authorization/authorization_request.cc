// Checking authorization requests.
#include "oauth/authorization/authorization_request.h"

#include <optional>

#include "http/form.h"
#include "oauth/clients/redirect_uri.h"
#include "oauth/grants/resource_policy.h"
#include "oauth/grants/scope_policy.h"
#include "oauth/parameters.h"

namespace sluice::oauth {
namespace {

// Twice the same parameter is one too many before anything is read from it.
Result<std::optional<std::string_view>> single(const http::Form& form, std::string_view name) {
    if (form.count(name) > 1) {
        return refuse(ErrorCode::invalid_request,
                      "The parameter " + std::string(name) + " is repeated.");
    }
    return parameter(form, name);
}

// OAuth 2.1 §4.1.1: one of the registered ones; left out only where there is just one.
Result<std::string> find_redirect_uri(const http::Form& form, const Client& client) {
    TRY(const auto requested, single(form, "redirect_uri"));
    if (!requested) {
        if (client.redirect_uris.size() == 1) return client.redirect_uris.front();
        return refuse(ErrorCode::invalid_request, "The parameter redirect_uri is missing.");
    }
    for (const std::string& registered : client.redirect_uris) {
        if (redirect_uri_matches(registered, *requested)) return std::string(*requested);
    }
    return refuse(ErrorCode::invalid_request,
                  "The redirect_uri is not registered for this client.");
}

Result<ClientHandle> find_client(const http::Form& form, const ClientDirectory& clients) {
    TRY(const auto client_id, single(form, "client_id"));
    if (!client_id) {
        return refuse(ErrorCode::invalid_request, "The parameter client_id is missing.");
    }
    const ClientHandle* client = clients.find(*client_id);
    if (client != nullptr) return *client;
    return refuse(
        ErrorCode::invalid_client,
        "The application is not registered here, or not any more. Remove this server from "
        "the application and add it again: it then registers anew.");
}

Result<> check_response_type(const http::Form& form) {
    TRY(const std::string_view type, require_parameter(form, "response_type"));
    if (type != "code") {
        return refuse(ErrorCode::unsupported_response_type,
                      "The only supported response_type is code.");
    }
    const auto mode = parameter(form, "response_mode");
    if (!mode || *mode == "query") return {};
    return refuse(ErrorCode::invalid_request, "The only supported response_mode is query.");
}

// OpenID Connect Core §6, RFC 9101: nothing is ever fetched or unpacked.
Result<> refuse_request_objects(const http::Form& form) {
    if (form.get("request")) {
        return refuse(ErrorCode::request_not_supported, "Request objects are not supported.");
    }
    if (form.get("request_uri")) {
        return refuse(ErrorCode::request_uri_not_supported, "request_uri is not supported.");
    }
    return {};
}

// OAuth 2.1 §4.1.1, RFC 7636 §4.3: S256 from every client, named as such, since a missing method
// means "plain".
Result<CodeChallenge> read_challenge(const http::Form& form) {
    const auto text = parameter(form, "code_challenge");
    if (!text) {
        return refuse(ErrorCode::invalid_request, "The parameter code_challenge is missing.");
    }
    if (parameter(form, "code_challenge_method") != CodeChallenge::method) {
        return refuse(ErrorCode::invalid_request, "The code_challenge_method must be S256.");
    }
    const auto challenge = CodeChallenge::parse(*text);
    if (!challenge) {
        return refuse(ErrorCode::invalid_request,
                      "The code_challenge is not a base64url-encoded SHA-256 digest.");
    }
    return *challenge;
}

Result<Prompt> read_prompt(const http::Form& form) {
    Prompt prompt;
    std::string_view rest = parameter(form, "prompt").value_or("");
    bool other = false;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        const std::string_view word = rest.substr(0, end);
        prompt.none |= word == "none";
        prompt.login |= word == "login" || word == "select_account";
        prompt.consent |= word == "consent";
        other |= !word.empty() && word != "none";
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (prompt.none && other) {
        return refuse(ErrorCode::invalid_request,
                      "The prompt value none cannot be combined with others.");
    }
    return prompt;
}

Result<AuthorizationRequest> read_details(const http::Form& form, const ClientHandle& handle,
                                          const std::string& redirect_uri,
                                          const Settings& settings) {
    if (const auto repeated = repeated_parameter(form)) {
        return refuse(ErrorCode::invalid_request,
                      "The parameter " + describable(*repeated) + " is repeated.");
    }
    const Client& client = *handle;
    REQUIRE(refuse_request_objects(form));
    REQUIRE(check_response_type(form));
    if (!client.grant_types.has(GrantType::authorization_code)) {
        return refuse(ErrorCode::unauthorized_client,
                      "The client is not registered for the authorization_code grant.");
    }
    TRY(CodeChallenge challenge, read_challenge(form));
    TRY(token::ScopeSet scope, scope_to_grant(parameter(form, "scope"), settings, client));
    TRY(const auto asked, asked_resource(form));
    TRY(const PooledText resource, resource_to_grant(asked, settings));
    TRY(const Prompt prompt, read_prompt(form));
    return AuthorizationRequest{.client = handle,
                                .redirect_uri = redirect_uri,
                                .state = std::string(parameter(form, "state").value_or("")),
                                .scope = std::move(scope),
                                .resource = std::string(resource),
                                .challenge = challenge,
                                .prompt = prompt};
}

}  // namespace

std::expected<AuthorizationRequest, AuthorizationFailure> parse_authorization_request(
    std::string_view query, const Settings& settings, const ClientDirectory& clients) {
    http::Form form;
    if (const auto parsed = form.parse(query); !parsed) {
        return failure(AuthorizationFailure{
            {ErrorCode::invalid_request, std::string(parsed.error().description)}, {}, {}, {}, {}});
    }
    const auto client = find_client(form, clients);
    if (!client) return failure(AuthorizationFailure{client.error(), {}, {}, {}, {}});
    const std::string& client_id = (*client)->client_id;
    const auto redirect_uri = find_redirect_uri(form, **client);
    if (!redirect_uri) {
        return failure(AuthorizationFailure{redirect_uri.error(), {}, {}, client_id, {}});
    }
    auto request = read_details(form, *client, *redirect_uri, settings);
    if (request) return *std::move(request);
    // Which of two states would be the client's own is not for us to say.
    const bool one_state = form.count("state") == 1;
    return failure(AuthorizationFailure{std::move(request).error(), *redirect_uri,
                                        one_state ? std::string(*form.get("state")) : std::string(),
                                        client_id, (*client)->registered});
}

}  // namespace sluice::oauth
