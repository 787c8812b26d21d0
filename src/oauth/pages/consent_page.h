// Consent page: asks a person whether a client may have what it asks for. Needs no script.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "oauth/authorization/authorization_request.h"
#include "oauth/pages/page_style.h"
#include "oauth/settings.h"

namespace sluice::oauth {

struct ConsentView {
    std::string_view person;  // who is signed in
    std::string form_token;
    std::string other_account;  // path and query of a link
};

/// 200, with a form that posts the decision to this page's own URL.
void write_consent_page(http::Response& response, const PageStyle& style,
                        const AuthorizationRequest& request, const Settings& settings,
                        const ConsentView& view);

}  // namespace sluice::oauth
