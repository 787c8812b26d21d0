// Login page: asks a person for name and password. Needs no script.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"
#include "oauth/clients/client.h"
#include "oauth/pages/page_style.h"

namespace sluice::oauth {

enum class LoginNotice : std::uint8_t { none, wrong_password, signed_out };

struct LoginView {
    std::string form_token;
    std::string_view username;  // what stands in the form already
    LoginNotice notice = LoginNotice::none;
};

/// 200, with a form that posts username, password and `form_token` to this page's own URL.
/// client  Whom it is for.
void write_login_page(http::Response& response, const PageStyle& style, const Client& client,
                      const LoginView& view);

}  // namespace sluice::oauth
