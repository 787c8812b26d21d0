// The page that asks whether a client may have what it wants.
#include "oauth/pages/consent_page.h"

#include <algorithm>

#include "http/uri.h"
#include "oauth/clients/redirect_uri.h"
#include "oauth/grants/resource_policy.h"
#include "oauth/pages/client_name.h"
#include "oauth/pages/html.h"
#include "oauth/pages/page_frame.h"

namespace sluice::oauth {
namespace {

void append_heading(std::string& html, const Client& client) {
    append_html(html, "<h1><bdi>{}</bdi>", display_name(client));
    if (client.registered) html.append(" <span class=\"tag\">unverified</span>");
    html.append(" wants access</h1>\n");
    if (client.registered) {
        html.append(
            "<p class=\"notice\">This app registered itself and chose its own name. Allow it only "
            "if you have just started it.</p>\n");
    }
}

void append_scopes(std::string& html, const token::ScopeSet& scopes, const Settings& settings) {
    html.append("<h2>It will be able to</h2>\n<ul>\n");
    for (const std::string_view name : scopes) {
        const auto setting = std::ranges::find(settings.scopes, name, &ScopeSetting::name);
        if (setting != settings.scopes.end() && !setting->description.empty()) {
            append_html(html, "<li>{} <small><code>{}</code></small></li>\n", setting->description,
                        name);
        } else {
            append_html(html, "<li><code>{}</code></li>\n", name);
        }
    }
    html.append("</ul>\n");
}

void append_resource(std::string& html, std::string_view identifier, const Settings& settings) {
    if (identifier.empty()) return;
    const ResourceSetting* resource = find_resource(settings, identifier);
    html.append("<dt>On</dt>\n<dd>");
    if (resource != nullptr && !resource->name.empty()) append_html(html, "{}<br>", resource->name);
    append_html(html, "<code>{}</code></dd>\n", identifier);
}

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
    append_heading(html, *request.client);
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
