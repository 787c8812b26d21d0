#include "oauth/authorization/sign_in_form.h"

#include "oauth/authorization/authorization_response.h"
#include "oauth/authorization/login.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {

void show_login_form(const SignInStep& step, LoginNotice notice, std::string_view username) {
    ShardState& state = step.state;
    const auto known = find_session_cookie(state, step.http);
    std::string cookie(known.value_or(""));
    if (cookie.empty()) {
        // Nobody's session: it only ties this form to this browser.
        cookie = token::TokenText::generate(token::TokenKind::session, new_tag(state),
                                            state.shard.random())
                     .text();
        set_session_cookie(state, step.response, cookie);
    }
    write_login_page(
        step.response, state.page_style, step.client,
        {.form_token = form_token(state.keys, FormPurpose::login, cookie, step.http.query()),
         .username = username,
         .notice = notice});
}

Result<> read_posted_form(PostedForm& posted, const ShardState& state,
                          const http::Request& request) {
    posted.cookie = find_session_cookie(state, request).value_or("");
    return read_form_body(posted.form, request);
}

Result<> check_posted_form(const ShardState& state, const http::Request& request,
                           const PostedForm& posted, FormPurpose purpose) {
    const auto presented = parameter(posted.form, "form_token");
    if (!posted.cookie.empty() && presented &&
        is_form_token(state.keys, *presented, purpose, posted.cookie, request.query())) {
        return {};
    }
    return refuse(ErrorCode::invalid_request,
                  "This page is out of date, or the browser does not keep cookies.");
}

io::Task<Result<>> take_login_form(SignInStep step, const PostedForm& posted, std::string onward) {
    ShardState& state = step.state;
    CO_REQUIRE(check_posted_form(state, step.http, posted, FormPurpose::login));
    const std::string_view username = parameter(posted.form, "username").value_or("");
    const std::string_view password = parameter(posted.form, "password").value_or("");
    CO_TRY(const auto account, co_await check_login(state, step.http, username, password));
    if (!account) {
        show_login_form(step, LoginNotice::wrong_password, username);
        step.response.set_status(http::Status::forbidden);
        co_return Result<>();
    }
    CO_REQUIRE(co_await sign_out(state, posted.cookie));
    CO_TRY(const token::TokenText session,
           co_await sign_in(state, username, account->mark(state.keys)));
    redirect(step.response, onward);
    set_session_cookie(state, step.response, session.text());
    co_return Result<>();
}

}  // namespace sluice::oauth
