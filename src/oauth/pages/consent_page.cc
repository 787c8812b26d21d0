// The page that asks whether a client may have what it wants.
#include "oauth/pages/consent_page.h"

#include "http/uri.h"
#include "oauth/clients/redirect_uri.h"
#include "oauth/pages/consent_parts.h"
#include "oauth/pages/html.h"
#include "oauth/pages/page_frame.h"

namespace sluice::oauth {
namespace {

void append_destination(std::string& html, const std::string& redirect_uri) {
    append_html(html, "<dt>You will be redirected to</dt>\n<dd><strong>{}</strong>",
                redirect_destination(redirect_uri));
    const auto uri = http::parse_uri(redirect_uri);
    if (is_loopback_redirect(redirect_uri)) {
        html.append("<br><small>an app on this computer</small>");
    } else if (uri && !is_web_scheme(uri->scheme)) {
        html.append("<br><small>the app that opens such links on this device</small>");
    }
    html.append("</dd>\n");
}

}  // namespace

void write_consent_page(http::Response& response, const PageStyle& style,
                        const AuthorizationRequest& request, const Settings& settings,
                        const ConsentView& view) {
    begin_page(response, style, "Allow access?");
    std::string& html = response.body();
    append_client(html, *request.client);
    append_scopes(html, request.scope, settings);
    html.append("<dl>\n");
    append_resource(html, request.resource, settings);
    append_destination(html, request.redirect_uri);
    append_html(html,
                "<dt>Signed in as</dt>\n<dd>{} <small><a href=\"{}\">use another "
                "account</a></small></dd>\n</dl>\n",
                view.person, view.other_account);
    append_html(html, R"(<form method="post">
<input type="hidden" name="form_token" value="{}">
<div class="buttons">
<button name="action" value="deny" class="second">Deny</button>
<button name="action" value="allow">Allow</button>
</div>
</form>
)",
                view.form_token);
    end_page(response);
}

}  // namespace sluice::oauth
