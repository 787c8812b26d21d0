// Writing the pages of the device grant.
#include "oauth/pages/device_page.h"

#include "oauth/pages/client_name.h"
#include "oauth/pages/consent_parts.h"
#include "oauth/pages/html.h"
#include "oauth/pages/page_frame.h"

namespace sluice::oauth {
namespace {

constexpr std::size_t typed_shown_max = 32;  // bytes

// Who has been sent a code by somebody else gives that somebody access (RFC 8628 §5.4).
constexpr std::string_view warning =
    "<p class=\"notice\">Allow it only if you started this on a device of your own just now, and "
    "that device shows the same code. If somebody sent you the code or this link, deny it.</p>\n";

void append_origin(std::string& html, const DeviceRequest& request) {
    append_html(html, "<dt>Asked for from</dt>\n<dd><strong>{}</strong>",
                request.address.empty() ? std::string_view("an unknown address")
                                        : std::string_view(request.address));
    if (!request.user_agent.empty()) {
        append_html(html, "<br><small><bdi>{}</bdi></small>", request.user_agent);
    }
    html.append("</dd>\n");
}

}  // namespace

void write_device_code_page(http::Response& response, const PageStyle& style, bool wrong_code,
                            std::string_view typed) {
    if (wrong_code) response.set_status(http::Status::bad_request);
    begin_page(response, style, "Connect a device");
    std::string& html = response.body();
    html.append("<h1>Connect a device</h1>\n");
    if (wrong_code) {
        html.append(
            "<p class=\"fault\" role=\"alert\" id=\"fault\">This code is wrong, has expired, or "
            "was used already.</p>\n");
    }
    const bool shown = typed.size() <= typed_shown_max;
    append_html(html, R"(<form method="post" action="device">
<label for="code">The code that the device shows</label>
<input id="code" name="code" autocomplete="off" autocapitalize="characters" autocorrect="off"
 spellcheck="false" maxlength="64" value="{}" required autofocus>
<div class="buttons"><button name="action" value="code">Continue</button></div>
</form>
)",
                shown ? typed : std::string_view{});
    end_page(response);
}

void write_device_consent_page(http::Response& response, const PageStyle& style,
                               const Client& client, const DeviceRequest& request,
                               const Settings& settings, const DeviceConsentView& view) {
    begin_page(response, style, "Connect this device?");
    std::string& html = response.body();
    append_client(html, client);
    html.append(warning);
    append_scopes(html, request.scope, settings);
    html.append("<dl>\n");
    append_html(html, "<dt>Code</dt>\n<dd><strong><code>{}</code></strong></dd>\n", view.user_code);
    append_resource(html, request.resource, settings);
    append_origin(html, request);
    append_html(html, "<dt>Signed in as</dt>\n<dd>{}</dd>\n</dl>\n", view.person);
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

void write_device_done_page(http::Response& response, const PageStyle& style, const Client& client,
                            bool allowed) {
    begin_page(response, style, allowed ? "Device connected" : "Device denied");
    std::string& html = response.body();
    if (allowed) {
        append_html(html,
                    "<h1>Device connected</h1>\n<p>Go back to <bdi>{}</bdi>: it goes on by "
                    "itself.</p>\n",
                    display_name(client));
    } else {
        append_html(html, "<h1>Device denied</h1>\n<p><bdi>{}</bdi> gets no access.</p>\n",
                    display_name(client));
    }
    end_page(response);
}

}  // namespace sluice::oauth
