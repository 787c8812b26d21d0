// Page frame with the clickjacking and XSS defences: CSP, frame-ancestors, no referrer, no
// sniffing.
#pragma once

#include <string_view>

#include "http/message.h"
#include "oauth/pages/page_style.h"

namespace sluice::oauth {

/// Fields and head of a page; its content is appended to the body next, and end_page() after that.
/// The policy names no form-action: browsers hold every redirect behind a form against it, also
/// those of a client's own callback, which lead where only the client knows.
/// referrer_policy  With "no-referrer" browsers send "Origin: null" with the page's forms.
void begin_page(http::Response& response, const PageStyle& style, std::string_view title,
                std::string_view referrer_policy = "no-referrer");
void end_page(http::Response& response);

}  // namespace sluice::oauth
