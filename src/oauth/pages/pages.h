// Login, consent and error pages, without script.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"
#include "oauth/authorization/authorization_request.h"
#include "oauth/errors.h"
#include "oauth/pages/page_style.h"
#include "oauth/settings.h"

namespace sluice::oauth {

enum class LoginNotice : std::uint8_t { none, wrong_password, signed_out };

struct LoginView {
    std::string form_token;
    std::string_view username;  // what stands in the form already
    LoginNotice notice = LoginNotice::none;
};

/// 200, with a form that posts username, password and `form_token` to this page's own URL.
void write_login_page(http::Response& response, const PageStyle& style,
                      const AuthorizationRequest& request, const LoginView& view);

struct ConsentView {
    std::string_view person;  // who is signed in
    std::string form_token;
    std::string other_account;  // path and query of a link
};

/// 200, with a form that posts the decision to this page's own URL.
void write_consent_page(http::Response& response, const PageStyle& style,
                        const AuthorizationRequest& request, const Settings& settings,
                        const ConsentView& view);

/// The error's status and Retry-After, with words on what to do.
void write_error_page(http::Response& response, const PageStyle& style, const Error& error);

}  // namespace sluice::oauth
