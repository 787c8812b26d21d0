// The page that asks for username and password.
#include "oauth/pages/login_page.h"

#include "oauth/pages/client_name.h"
#include "oauth/pages/html.h"
#include "oauth/pages/page_frame.h"

namespace sluice::oauth {
namespace {

constexpr std::size_t username_shown_max = 256;  // bytes

std::string_view notice_html(LoginNotice notice) {
    switch (notice) {
        case LoginNotice::none:
            return "";
        case LoginNotice::wrong_password:
            return "<p class=\"fault\" role=\"alert\" id=\"fault\">Incorrect username or "
                   "password.</p>\n";
        case LoginNotice::signed_out:
            return "<p class=\"notice\" role=\"status\">Your session has expired. Please sign in "
                   "again.</p>\n";
    }
    return "";
}

}  // namespace

void write_login_page(http::Response& response, const PageStyle& style, const Client& client,
                      const LoginView& view) {
    begin_page(response, style, "Sign in");
    std::string& html = response.body();
    html.append("<h1>Sign in</h1>\n");
    append_html(html, "<p>to continue to <strong><bdi>{}</bdi></strong></p>\n",
                display_name(client));
    html.append(notice_html(view.notice));
    // Who has typed a name already goes on with the password.
    const bool named = !view.username.empty() && view.username.size() <= username_shown_max;
    append_html(html, R"(<form method="post">
<input type="hidden" name="form_token" value="{}">
<label for="username">Username</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none"
 autocorrect="off" spellcheck="false" maxlength="256" value="{}" required{}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password"
 maxlength="1024" required{}>
<div class="buttons"><button name="action" value="login">Sign in</button></div>
</form>
)",
                view.form_token, named ? view.username : std::string_view{},
                named ? "" : " autofocus", named ? " autofocus" : "");
    end_page(response);
}

}  // namespace sluice::oauth
