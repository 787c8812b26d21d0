// The page that asks for username and password.
#include "oauth/clients/redirect_uri.h"
#include "oauth/pages/client_name.h"
#include "oauth/pages/html.h"
#include "oauth/pages/page_frame.h"
#include "oauth/pages/pages.h"

namespace sluice::oauth {
namespace {

std::string_view notice_html(LoginNotice notice) {
    switch (notice) {
        case LoginNotice::none:
            return "";
        case LoginNotice::wrong_password:
            return "<p class=\"fault\" role=\"alert\" id=\"fault\">The username or the password is "
                   "wrong.</p>\n";
        case LoginNotice::signed_out:
            return "<p class=\"notice\" role=\"status\">You are not signed in any more. Please "
                   "sign "
                   "in again.</p>\n";
    }
    return "";
}

}  // namespace

void write_login_page(http::Response& response, const PageStyle& style,
                      const AuthorizationRequest& request, std::string_view form_token,
                      LoginNotice notice) {
    // A remembered consent makes the answer to this form lead on to the client.
    begin_page(response, style, "Sign in", "'self' " + form_action_source(request.redirect_uri));
    std::string& html = response.body();
    html.append("<h1>Sign in</h1>\n");
    append_html(html, "<p>to go on to <strong><bdi>{}</bdi></strong></p>\n",
                display_name(*request.client));
    html.append(notice_html(notice));
    append_html(html, R"(<form method="post">
<input type="hidden" name="form_token" value="{}">
<label for="username">Username</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none"
 autocorrect="off" spellcheck="false" maxlength="256" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password"
 maxlength="1024" required>
<div class="buttons"><button name="action" value="login">Sign in</button></div>
</form>
)",
                form_token);
    end_page(response);
}

}  // namespace sluice::oauth
