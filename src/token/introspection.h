// Token introspection (RFC 7662): what is known of an active token, and its JSON on the wire.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "token/resource_identifier.h"
#include "token/scope.h"

namespace sluice::token {

/// A further claim about the subject, for rules to look at. A claim with several values stands
/// there once for each.
struct Attribute {
    std::string name;
    std::string value;
};

/// An active token. An empty text, list or optional is a member that is not known: it is left out
/// of the JSON, which never holds a null.
struct TokenInfo {
    ScopeSet scope;
    std::string client_id;
    std::string username;    // for people to read
    std::string token_type;  // "Bearer"; of RFC 6749 §5.1
    // Seconds since 1970 (RFC 7519 NumericDate).
    std::optional<std::int64_t> expires_at;
    std::optional<std::int64_t> issued_at;
    std::optional<std::int64_t> not_before;
    std::string subject;
    std::vector<std::string> audience;  // texts as they were received: compare by is_for()
    std::string issuer;
    std::string token_id;  // jti
    // What is known of the person beside; means something only where `knows_person`.
    std::vector<Attribute> attributes;
    bool knows_person = false;

    /// Whether `resource` is one of the audiences, in any spelling.
    bool is_for(const ResourceIdentifier& resource) const;
    /// Whether `now` (seconds since 1970) lies in [not_before, expires_at). A bound that is not
    /// known bounds nothing.
    bool is_current(std::int64_t now) const;
};

/// All that is said of a token that is not active, for whatever reason (RFC 7662 §2.2).
inline constexpr std::string_view inactive_json = R"({"active":false})";

/// Appends the answer for an active token. Members, in this order, each only where it is known:
/// active, scope, client_id, username, token_type, exp, iat, nbf, sub, aud, iss, jti.
/// `aud` is a text where there is one audience and an array where there are several.
void append_introspection_json(std::string& out, const TokenInfo& info);

/// Why nothing is known of a token.
struct IntrospectionError {
    bool concerns_token = false;  // it was answered for, and the answer cannot be used: refuse it.
                                  // Else the text is no answer: the server fails
    std::string_view reason;      // static text, for logs
};

/// Reads the answer of any server; nothing in it is an inactive token. A member that is null or not
/// known to TokenInfo is taken as absent, and so is one of an unexpected type where nothing depends
/// on it (username, jti, iat). Read besides what RFC 7662 says: a scope that is an array of texts,
/// times that are texts or have a fraction (it is cut off), an integer as sub, client_id or iss.
/// What is no scope grants nothing, what is no text is no audience. Errors: no JSON object with
/// `active`; of a token, `active` that is not a JSON boolean, exp or nbf that is no time, another
/// member that is no name, one that stands twice. Never take an error as an active token.
std::expected<std::optional<TokenInfo>, IntrospectionError> parse_introspection_json(
    std::string_view json);

}  // namespace sluice::token
