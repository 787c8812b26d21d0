// The page for errors that no client may be told of by redirect.
#include "oauth/pages/error_page.h"

#include "oauth/pages/html.h"
#include "oauth/pages/page_frame.h"

namespace sluice::oauth {
namespace {

struct Advice {
    std::string_view title;
    std::string_view what_to_do;
};

Advice advice_for(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_client:
            return {"Unknown app",
                    "It may have been registered here before and removed since. In the app, remove "
                    "this server and add it again, so that it registers again. (Claude Code: run "
                    "/mcp, choose the server, and clear its authentication.)"};
        case ErrorCode::rate_limited:
            return {"Too many attempts", "Wait a moment, then go back and try again."};
        case ErrorCode::busy:
            return {"Server busy", "Wait a few seconds, then go back and try again."};
        default:
            return {"Invalid request",
                    "Go back to the app and start signing in again. If this page appears again, "
                    "report the message below to the developer of the app."};
    }
}

}  // namespace

void write_error_page(http::Response& response, const PageStyle& style, const Error& error) {
    const Advice advice = advice_for(error.code);
    response.set_status(status_of(error.code));
    if (error.retry_after > Seconds{0}) {
        response.add_field("Retry-After", std::to_string(error.retry_after.count()));
    }
    begin_page(response, style, advice.title);
    append_html(response.body(),
                "<h1>{}</h1>\n<p>{}</p>\n<p>{}</p>\n<p class=\"quiet\"><code>{}</code></p>\n",
                advice.title, error.description, advice.what_to_do, to_text(error.code));
    end_page(response);
}

}  // namespace sluice::oauth
