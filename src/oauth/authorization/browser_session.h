// Session cookie, session fixation defence (a new id at sign-in), and CSRF tokens of the forms.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "io/task.h"
#include "oauth/errors.h"
#include "token/token_text.h"

namespace sluice::oauth {

struct ShardState;
struct Keys;

/// The cookie's value: an opaque text of the kind `session`; nothing where the browser sent none
/// that could be ours. Before somebody signs in it only ties the login form to the browser.
std::optional<std::string_view> find_session_cookie(const ShardState& state,
                                                    const http::Request& request);

/// "__Host-..." with Secure where the issuer is https, a plain name where it is http (RFC 6265bis
/// §4.1.3.2); HttpOnly, SameSite=Lax, until the browser ends.
void set_session_cookie(const ShardState& state, http::Response& response, std::string_view value);

struct SignedIn {
    std::string username;
    std::string name;  // for people to read
    std::string mark;  // of the account: see Account::mark()
};

/// Who is signed in with that cookie; nothing where nobody is, or where that somebody has no
/// account or another password now. The store is asked every time, so that a session is one on
/// every box, and over on all of them at once.
io::Task<Result<std::optional<SignedIn>>> find_signed_in(ShardState& state,
                                                         std::string_view cookie);

/// A new session, under a new identifier, so that nobody can have planted it. mark  Of the account
/// whose password was right.
io::Task<Result<token::TokenText>> sign_in(ShardState& state, std::string_view username,
                                           std::string_view mark);

/// Ends the session of that cookie, if there is one.
io::Task<Result<>> sign_out(ShardState& state, std::string_view cookie);

enum class FormPurpose { login, consent, device };

/// What a form must bring back: HMAC over its purpose, the browser's cookie and the whole query,
/// and so the client and the redirect URI. Base64url.
std::string form_token(const Keys& keys, FormPurpose purpose, std::string_view cookie,
                       std::string_view query);
bool is_form_token(const Keys& keys, std::string_view presented, FormPurpose purpose,
                   std::string_view cookie, std::string_view query);

}  // namespace sluice::oauth
