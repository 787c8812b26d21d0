// What all pages share: the frame around their content, and the fields that protect them.
#pragma once

#include <string_view>

#include "http/message.h"
#include "oauth/pages/page_style.h"

namespace sluice::oauth {

/// Fields and head of a page; its content is appended to the body next, and end_page() after that.
/// form_action  Source expressions of where its forms may lead.
void begin_page(http::Response& response, const PageStyle& style, std::string_view title,
                std::string_view form_action);
void end_page(http::Response& response);

}  // namespace sluice::oauth
