// The form.
#include "admin/login_page.h"

#include "oauth/pages/html.h"
#include "oauth/pages/page_frame.h"

namespace sluice::admin {

void write_admin_login_page(http::Response& response, const oauth::PageStyle& style,
                            std::string_view form_token, std::string_view notice) {
    oauth::begin_page(response, style, "Sign in to Sluice", "same-origin");
    std::string& html = response.body();
    html.append("<h1>Sluice</h1>\n<p>Sign in as an operator to see what happens.</p>\n");
    if (!notice.empty()) {
        oauth::append_html(html, "<p class=\"fault\" role=\"alert\">{}</p>\n", notice);
    }
    oauth::append_html(html, R"(<form method="post" action="/admin/login">
<input type="hidden" name="form_token" value="{}">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none"
 autocorrect="off" spellcheck="false" maxlength="256" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password"
 maxlength="1024" required>
<div class="buttons"><button>Sign in</button></div>
</form>
)",
                       form_token);
    oauth::end_page(response);
}

}  // namespace sluice::admin
