// Sign-in step of a page: shows the login form, takes it, and checks forms against CSRF.
#pragma once

#include <string>
#include <string_view>

#include "http/form.h"
#include "http/message.h"
#include "io/task.h"
#include "oauth/authorization/browser_session.h"
#include "oauth/clients/client.h"
#include "oauth/errors.h"
#include "oauth/pages/login_page.h"

namespace sluice::oauth {

struct ShardState;

/// A request that needs somebody to be signed in. All of it outlives the step.
struct SignInStep {
    ShardState& state;
    const http::Request& http;
    http::Response& response;
    const Client& client;  // whom it is for
};

/// The form posts to the request's own URL.
void show_login_form(const SignInStep& step, LoginNotice notice, std::string_view username = {});

/// What a form brought back, and the cookie it came with.
struct PostedForm {
    http::Form form;
    std::string cookie;  // empty: none
};

/// Errors: invalid_request where the body is no form.
Result<> read_posted_form(PostedForm& posted, const ShardState& state,
                          const http::Request& request);

/// The form must be ours, of this browser, for this very URL (RFC 9700 §4.7). Errors:
/// invalid_request.
Result<> check_posted_form(const ShardState& state, const http::Request& request,
                           const PostedForm& posted, FormPurpose purpose);

/// Signs in by the login form and redirects to `onward`; or shows the form again. Errors: as
/// check_posted_form() and check_login(); busy where storage gives no answer. Nothing is written
/// then.
io::Task<Result<>> take_login_form(SignInStep step, const PostedForm& posted, std::string onward);

}  // namespace sluice::oauth
