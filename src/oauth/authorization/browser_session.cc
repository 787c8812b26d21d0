// Cookies, sessions and form tokens.
#include "oauth/authorization/browser_session.h"

#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "http/cookie.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

std::string_view cookie_name(const ShardState& state) {
    return state.secure ? "__Host-sluice_session" : "sluice_session";
}

}  // namespace

std::optional<std::string_view> find_session_cookie(const ShardState& state,
                                                    const http::Request& request) {
    const auto value = http::find_cookie(request, cookie_name(state));
    if (!value || !token::parse_token(*value, token::TokenKind::session)) return std::nullopt;
    return value;
}

void set_session_cookie(const ShardState& state, http::Response& response, std::string_view value) {
    http::add_cookie(response, {.name = cookie_name(state),
                                .value = value,
                                .path = "/",
                                .max_age = std::nullopt,
                                .secure = state.secure,
                                .http_only = true,
                                .same_site = "Lax"});
}

io::Task<std::optional<std::string>> find_signed_in(ShardState& state, std::string_view cookie) {
    const auto tag = token::parse_token(cookie, token::TokenKind::session);
    if (!tag) co_return std::nullopt;
    co_return co_await state.peers.call(
        state.shard, state.owner_of(*tag),
        [digest = crypto::sha256(cookie)](ShardState& owner) -> std::optional<std::string> {
            const Session* session = owner.sessions.find(digest, owner.now());
            if (session == nullptr) return std::nullopt;
            return session->username;
        });
}

token::TokenText sign_in(ShardState& state, std::string_view username) {
    token::TokenText text =
        token::TokenText::generate(token::TokenKind::session, new_tag(state), state.shard.random());
    state.sessions.put(crypto::sha256(text.text()), {std::string(username)}, state.now());
    return text;
}

io::Task<void> sign_out(ShardState& state, std::string_view cookie) {
    const auto tag = token::parse_token(cookie, token::TokenKind::session);
    if (!tag) co_return;
    co_await state.peers.call(
        state.shard, state.owner_of(*tag),
        [digest = crypto::sha256(cookie)](ShardState& owner) { owner.sessions.erase(digest); });
}

std::string form_token(const Keys& keys, FormPurpose purpose, std::string_view cookie,
                       std::string_view query) {
    std::string text(purpose == FormPurpose::login ? "login" : "consent");
    text.append("\n").append(cookie).append("\n").append(query);
    return crypto::base64url(crypto::as_text(crypto::hmac_sha256(keys.form.reveal(), text)));
}

bool is_form_token(const Keys& keys, std::string_view presented, FormPurpose purpose,
                   std::string_view cookie, std::string_view query) {
    return crypto::constant_time_equal(presented, form_token(keys, purpose, cookie, query));
}

}  // namespace sluice::oauth
