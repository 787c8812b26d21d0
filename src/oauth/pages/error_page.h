// Error page: tells a person what went wrong where no client may be told.
#pragma once

#include "http/message.h"
#include "oauth/errors.h"
#include "oauth/pages/page_style.h"

namespace sluice::oauth {

/// The error's status and Retry-After, with words on what to do.
void write_error_page(http::Response& response, const PageStyle& style, const Error& error);

}  // namespace sluice::oauth
