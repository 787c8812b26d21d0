// Cookies, sessions and form tokens.
#include "oauth/authorization/browser_session.h"

#include "base/check.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "http/cookie.h"
#include "oauth/authorization/account.h"
#include "oauth/authorization/csrf_token.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"

namespace sluice::oauth {
namespace {

std::string_view cookie_name(const ShardState& state) {
    return state.secure ? "__Host-sluice_session" : "sluice_session";
}

std::string session_key(std::string_view cookie) {
    return crypto::base64url(crypto::as_text(crypto::sha256(cookie)));
}

std::string_view name_of(FormPurpose purpose) {
    switch (purpose) {
        case FormPurpose::login:
            return "login";
        case FormPurpose::consent:
            return "consent";
        case FormPurpose::device:
            return "device";
    }
    CHECK(false, "a purpose without a name");
}

}  // namespace

std::optional<std::string_view> find_session_cookie(const ShardState& state,
                                                    const http::Request& request) {
    const auto value = http::find_cookie(request, cookie_name(state));
    if (!value || !token::parse_token(*value, token::TokenKind::session)) return std::nullopt;
    return value;
}

void set_session_cookie(const ShardState& state, http::Response& response, std::string_view value) {
    CHECK(token::parse_token(value, token::TokenKind::session).has_value(), "no session");
    http::add_cookie(response, {.name = cookie_name(state),
                                .value = value,
                                .path = "/",
                                .max_age = std::nullopt,
                                .secure = state.secure,
                                .http_only = true,
                                .same_site = "Lax"});
}

io::Task<Result<std::optional<SignedIn>>> find_signed_in(ShardState& state,
                                                         std::string_view cookie) {
    if (!token::parse_token(cookie, token::TokenKind::session)) co_return std::nullopt;
    const std::string key = session_key(cookie);
    CO_TRY(const auto json,
           stored(co_await state.store.get({storage::DocumentKind::session, key})));
    const auto document = json ? JsonDocument::parse(*json) : failure(JsonError{});
    if (!document) co_return std::nullopt;
    const auto username = document->root().find_string("username");
    if (!username) co_return std::nullopt;
    CO_TRY(auto account, co_await find_account(state, *username));
    if (!account) co_return std::nullopt;
    std::string mark = account->mark(state.keys);
    if (document->root().find_string("mark") != mark) co_return std::nullopt;
    co_return SignedIn{std::string(*username), std::move(account->name), std::move(mark)};
}

io::Task<Result<token::TokenText>> sign_in(ShardState& state, std::string_view username,
                                           std::string_view mark) {
    const auto text =
        token::TokenText::generate(token::TokenKind::session, new_tag(state), state.shard.random());
    CHECK(!username.empty() && !mark.empty(), "somebody signs in");
    const std::string key = session_key(text.text());
    std::string json;
    JsonWriter(json).begin_object().member("username", username).member("mark", mark).end_object();
    CO_REQUIRE(stored(co_await state.store.put({.kind = storage::DocumentKind::session,
                                                .key = key,
                                                .value = json,
                                                .lifetime = state.settings.session_ttl},
                                               storage::PutMode::replace)));
    co_return text;
}

io::Task<Result<>> sign_out(ShardState& state, std::string_view cookie) {
    if (!token::parse_token(cookie, token::TokenKind::session)) co_return Result<>();
    const std::string key = session_key(cookie);
    CO_REQUIRE(stored(co_await state.store.erase({storage::DocumentKind::session, key})));
    co_return Result<>();
}

std::string form_token(const Keys& keys, FormPurpose purpose, std::string_view cookie,
                       std::string_view query) {
    CHECK(!keys.form.empty() && !cookie.empty(), "a form token is of one browser");
    return csrf_token(keys.form.reveal(), {name_of(purpose), cookie, query});
}

bool is_form_token(const Keys& keys, std::string_view presented, FormPurpose purpose,
                   std::string_view cookie, std::string_view query) {
    return is_csrf_token(presented, keys.form.reveal(), {name_of(purpose), cookie, query});
}

}  // namespace sluice::oauth
