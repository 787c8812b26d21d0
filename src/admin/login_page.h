// Admin login page: asks an operator for name and password.
#pragma once

#include <string_view>

#include "http/message.h"
#include "oauth/pages/page_style.h"

namespace sluice::admin {

/// notice  What went wrong before, as text; empty: nothing did.
void write_admin_login_page(http::Response& response, const oauth::PageStyle& style,
                            std::string_view form_token, std::string_view notice);

}  // namespace sluice::admin
