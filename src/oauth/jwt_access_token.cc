#include "oauth/jwt_access_token.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "base/check.h"
#include "base/json_writer.h"
#include "crypto/base64url.h"
#include "oauth/shard_state.h"
#include "oauth/signing_keys.h"
#include "token/jwt.h"

namespace sluice::oauth {
namespace {

constexpr std::size_t tag_bytes = 6;
using TokenId = std::array<std::byte, tag_bytes + sizeof(crypto::Digest)>;

TokenId token_id_of(std::string_view access_token) {
    const auto tag = token::parse_token(access_token, token::TokenKind::access);
    CHECK(tag.has_value(), "an access token that was made here");
    const crypto::Digest digest = crypto::sha256(access_token);
    TokenId id;
    for (std::size_t i = 0; i < tag_bytes; ++i) {
        id[i] = static_cast<std::byte>(tag->value() >> (8 * (tag_bytes - 1 - i)) & 0xff);
    }
    std::ranges::copy(digest, id.begin() + tag_bytes);
    return id;
}

std::optional<storage::TokenKey> key_of(std::string_view token_id) {
    const auto bytes = crypto::decode_base64url(token_id);
    if (!bytes || bytes->size() != sizeof(TokenId)) return std::nullopt;
    std::uint64_t tag = 0;
    for (std::size_t i = 0; i < tag_bytes; ++i) {
        tag = tag << 8 | static_cast<std::uint8_t>((*bytes)[i]);
    }
    storage::TokenKey key{token::GrantTag(tag), {}, {}};
    std::memcpy(key.digest.data(), bytes->data() + tag_bytes, key.digest.size());
    return key;
}

}  // namespace

bool issues_jwts(const Settings& settings) {
    return std::ranges::any_of(settings.resources, [](const ResourceSetting& resource) {
        return resource.token_format == AccessTokenFormat::jwt;
    });
}

AccessTokenFormat token_format_of(const Settings& settings, std::string_view resource) {
    for (const ResourceSetting& known : settings.resources) {
        if (known.identifier.text() == resource) return known.token_format;
    }
    return AccessTokenFormat::opaque;
}

void append_jwt_access_token(std::string& out, const ShardState& state, std::string_view client_id,
                             const IssuedTokens& issued) {
    CHECK(state.keys.signing != nullptr, "no token is issued before its keys are there");
    const std::int64_t now = numeric_date(state.shard.wall_now());
    const std::string_view username = issued.username;
    const std::string_view scope = issued.scope;
    std::string payload;
    JsonWriter json(payload);
    json.begin_object()
        .member("iss", std::string_view(state.settings.issuer))
        .member("exp", now + issued.expires_in_s)
        .member("aud", std::string_view(issued.resource))
        .member("sub", username.empty() ? client_id : username)
        .member("client_id", client_id)
        .member("iat", now)
        .member("jti", std::string_view(crypto::base64url(token_id_of(issued.access.text()))))
        .member("scope", scope)
        .key("mcp_tool_scopes")
        .begin_array();
    if (const auto names = token::ScopeSet::parse(scope)) {
        for (const std::string_view name : *names) json.value(name);
    }
    json.end_array().end_object();
    state.keys.signing->signer(now).append(out, payload);
}

std::optional<storage::TokenKey> read_jwt_access_token(const ShardState& state,
                                                       std::string_view text) {
    if (state.keys.signing == nullptr) return std::nullopt;
    const SigningKeys& keys = *state.keys.signing;
    const auto jws = crypto::Jws::parse(text, keys.algorithms());
    if (!jws || !jws->has_type("at+jwt") || !jws->key_id()) return std::nullopt;
    if (!keys.published().verify(*jws)) return std::nullopt;
    const auto payload = JsonDocument::parse(jws->payload());
    if (!payload) return std::nullopt;
    return key_of(payload->root().find_string("jti").value_or(""));
}

}  // namespace sluice::oauth
