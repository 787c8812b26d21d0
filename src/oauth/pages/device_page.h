// Pages of the device grant (RFC 8628 §3.3): ask for the code, ask whether the device may have what
// it asks for, tell that it is done. They need no script.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "oauth/clients/client.h"
#include "oauth/device/device_request.h"
#include "oauth/pages/page_style.h"
#include "oauth/settings.h"

namespace sluice::oauth {

/// 200, or 400 after a wrong code, with a form that posts `code` to this page's own path.
/// typed  What stands in the form already.
void write_device_code_page(http::Response& response, const PageStyle& style, bool wrong_code,
                            std::string_view typed);

struct DeviceConsentView {
    std::string_view person;     // who is signed in
    std::string_view user_code;  // to be compared with what the device shows
    std::string form_token;
};

/// 200, with a form that posts the decision to this page's own URL.
void write_device_consent_page(http::Response& response, const PageStyle& style,
                               const Client& client, const DeviceRequest& request,
                               const Settings& settings, const DeviceConsentView& view);

/// 200: nothing is left to do here.
void write_device_done_page(http::Response& response, const PageStyle& style, const Client& client,
                            bool allowed);

}  // namespace sluice::oauth
