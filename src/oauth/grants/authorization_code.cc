// Codes as JSON.
#include "oauth/grants/authorization_code.h"

#include "base/json.h"
#include "base/json_writer.h"
#include "crypto/base64url.h"

namespace sluice::oauth {

std::string document_key(const crypto::Digest& digest) {
    return crypto::base64url(crypto::as_text(digest));
}

std::string to_json(const AuthorizationCode& code) {
    std::string text;
    JsonWriter(text)
        .begin_object()
        .member("client_id", std::string_view(code.client_id))
        .member("username", std::string_view(code.username))
        .member("account_mark", std::string_view(code.account_mark))
        .member("redirect_uri", std::string_view(code.redirect_uri))
        .member("code_challenge", std::string_view(code.challenge.text()))
        .member("scope", code.scope.text())
        .member("resource", std::string_view(code.resource))
        .end_object();
    return text;
}

std::optional<AuthorizationCode> read_authorization_code(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    if (!document) return std::nullopt;
    const JsonValue root = document->root();
    const auto text = [&root](std::string_view name) {
        return std::string(root.find_string(name).value_or(""));
    };
    const auto challenge = CodeChallenge::parse(text("code_challenge"));
    const auto scope = token::ScopeSet::parse(text("scope"));
    if (!challenge || !scope || text("client_id").empty()) return std::nullopt;
    return AuthorizationCode{.client_id = text("client_id"),
                             .username = text("username"),
                             .account_mark = text("account_mark"),
                             .redirect_uri = text("redirect_uri"),
                             .challenge = *challenge,
                             .scope = *scope,
                             .resource = text("resource")};
}

std::string to_json(const RedeemedCode& code) {
    std::string text;
    JsonWriter(text)
        .begin_object()
        .member("client_id", std::string_view(code.client_id))
        .member("tag", code.tag.value())
        .end_object();
    return text;
}

std::optional<RedeemedCode> read_redeemed_code(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    if (!document) return std::nullopt;
    const auto client_id = document->root().find_string("client_id");
    const auto member = document->root().find("tag");
    const auto tag = member ? member->integer() : std::nullopt;
    if (!client_id || !tag || *tag < 0 ||
        *tag > static_cast<std::int64_t>(token::GrantTag::value_max)) {
        return std::nullopt;
    }
    return RedeemedCode{std::string(*client_id), token::GrantTag(static_cast<std::uint64_t>(*tag))};
}

}  // namespace sluice::oauth
