#include "oauth/pages/consent_parts.h"

#include <algorithm>

#include "oauth/grants/resource_policy.h"
#include "oauth/pages/client_name.h"
#include "oauth/pages/html.h"

namespace sluice::oauth {

void append_client(std::string& html, const Client& client) {
    append_html(html, "<h1><bdi>{}</bdi>", display_name(client));
    const bool unverified = client.registered && client.document_host.empty();
    if (unverified) html.append(" <span class=\"tag\">unverified</span>");
    html.append(" wants access</h1>\n");
    if (!client.document_host.empty()) {
        append_html(html,
                    "<p class=\"notice\">This app is described at <strong>{}</strong>, and calls "
                    "itself by that name. Allow it only if you trust that site and have just "
                    "started the app.</p>\n",
                    client.document_host);
    }
    if (unverified) {
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

}  // namespace sluice::oauth
