// Writing the frame.
#include "oauth/pages/page_frame.h"

#include <string>

#include "oauth/errors.h"
#include "oauth/pages/html.h"

namespace sluice::oauth {

void begin_page(http::Response& response, const PageStyle& style, std::string_view title,
                std::string_view referrer_policy) {
    response.add_field("Content-Type", "text/html; charset=utf-8");
    response.add_field("Content-Security-Policy", "default-src 'none'; style-src " + style.source +
                                                      "; frame-ancestors 'none'; base-uri 'none'");
    response.add_field("X-Frame-Options", "DENY");
    response.add_field("X-Content-Type-Options", "nosniff");
    response.add_field("Referrer-Policy", referrer_policy);
    // No Cross-Origin-Opener-Policy: clients that open this page as a popup wait for their own
    // callback page to speak to its opener, and that link would be cut for good.
    forbid_storing(response);

    std::string& html = response.body();
    html.clear();
    append_html(html, R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{}</title>
)",
                title);
    html.append("<style>").append(style.css).append("</style>\n</head>\n<body>\n<main>\n");
}

void end_page(http::Response& response) {
    response.body().append("</main>\n</body>\n</html>\n");
}

}  // namespace sluice::oauth
