// GET and POST /authorize (RFC 6749 §3.1): sign in, ask, send the browser back. No step is kept on
// the server: the forms post to this URL with its query, and each step checks the query anew.
#include "oauth/authorization/authorize_endpoint.h"

#include <string>
#include <utility>

#include "crypto/digest.h"
#include "http/form.h"
#include "oauth/authorization/authorization_request.h"
#include "oauth/authorization/authorization_response.h"
#include "oauth/authorization/browser_session.h"
#include "oauth/authorization/consent.h"
#include "oauth/authorization/prompt_query.h"
#include "oauth/authorization/pushed_request.h"
#include "oauth/authorization/sign_in_form.h"
#include "oauth/clients/stored_client.h"
#include "oauth/grants/authorization_code.h"
#include "oauth/pages/consent_page.h"
#include "oauth/pages/error_page.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"

namespace sluice::oauth {
namespace {

/// One request on its way through the steps below.
struct RequestContext {
    ShardState& state;
    const http::Request& http;
    http::Response& response;
    const AuthorizationRequest& request;
    std::string_view request_uri;  // of a pushed request that has begun; empty: it was not pushed
    std::string_view query;        // its parameters: the URL's own where it was not pushed
};

void report(const RequestContext& context, EventKind kind, std::string_view username,
            std::string_view detail) {
    context.state.observer.on_event({.kind = kind,
                                     .client_id = context.request.client->client_id,
                                     .username = username,
                                     .scope = context.request.scope.text(),
                                     .resource = context.request.resource,
                                     .detail = detail,
                                     .address = context.http.peer(),
                                     .request_id = context.http.id()});
}

void send_error_to_client(const RequestContext& context, ErrorCode code,
                          std::string_view description) {
    const Error error{code, std::string(description)};
    redirect(context.response, error_location(context.request.redirect_uri, context.request.state,
                                              error, context.state.settings.issuer));
    report(context, EventKind::request_refused, {}, to_text(code));
}

// No redirect to a client that registered itself before somebody has signed in: anybody could make
// this server's address lead to a page of theirs (open redirect: RFC 9700 §4.11.2).
bool may_be_redirected_to(bool registered, bool somebody_signed_in) {
    return !registered || somebody_signed_in;
}

void show_error(const RequestContext& context, const Error& error) {
    write_error_page(context.response, context.state.page_style, error);
    report(context, EventKind::request_refused, {}, to_text(error.code));
}

std::string target_with(const RequestContext& context, std::string_view query) {
    return std::string(context.http.path()).append("?").append(query);
}

// The URL of a pushed request's pages.
std::string begun_target(const http::Request& http, std::string_view client_id,
                         std::string_view request_uri, bool with_login = false) {
    std::string query;
    http::append_form_parameter(query, "client_id", client_id);
    http::append_form_parameter(query, "request_uri", request_uri);
    if (with_login) http::append_form_parameter(query, "prompt", "login");
    return std::string(http.path()).append("?").append(query);
}

std::string target_of_other_account(const RequestContext& context) {
    if (context.request_uri.empty()) {
        return target_with(context, query_with_login(context.query));
    }
    return begun_target(context.http, context.request.client->client_id, context.request_uri, true);
}

SignInStep sign_in_step(const RequestContext& context) {
    return {context.state, context.http, context.response, *context.request.client};
}

void show_consent_page(const RequestContext& context, std::string_view cookie,
                       std::string_view name) {
    const ShardState& state = context.state;
    write_consent_page(
        context.response, state.page_style, context.request, state.settings,
        {.person = name,
         .form_token = form_token(state.keys, FormPurpose::consent, cookie, context.http.query()),
         .other_account = target_of_other_account(context)});
}

// RFC 6749 §4.1.2.
io::Task<void> send_code_to_client(const RequestContext& context, const SignedIn& person) {
    ShardState& state = context.state;
    const auto code = token::TokenText::generate(token::TokenKind::authorization_code,
                                                 new_tag(state), state.shard.random());
    const std::string key = document_key(crypto::sha256(code.text()));
    const std::string json = to_json({.client_id = context.request.client->client_id,
                                      .username = person.username,
                                      .account_mark = person.mark,
                                      .redirect_uri = context.request.redirect_uri,
                                      .challenge = context.request.challenge,
                                      .scope = context.request.scope,
                                      .resource = context.request.resource});
    const auto kept =
        stored(co_await state.store.put({.kind = storage::DocumentKind::authorization_code,
                                         .key = key,
                                         .value = json,
                                         .lifetime = state.settings.code_ttl},
                                        storage::PutMode::replace));
    if (!kept) co_return show_error(context, kept.error());
    redirect(context.response, code_location(context.request, code.text(), state.settings.issuer));
    if (!context.request_uri.empty()) co_await end_begun_request(state, context.request_uri);
}

io::Task<void> show(RequestContext context) {
    const std::string cookie(find_session_cookie(context.state, context.http).value_or(""));
    const auto signed_in = co_await find_signed_in(context.state, cookie);
    if (!signed_in) co_return show_error(context, signed_in.error());
    const std::optional<SignedIn>& person = *signed_in;
    const Prompt& prompt = context.request.prompt;
    if (!person || prompt.login) {
        if (!prompt.none) co_return show_login_form(sign_in_step(context), LoginNotice::none);
        constexpr std::string_view reason = "Nobody is signed in, and no page was to be shown.";
        if (!may_be_redirected_to(context.request.client->registered, person.has_value())) {
            co_return show_error(context, {ErrorCode::login_required, std::string(reason)});
        }
        co_return send_error_to_client(context, ErrorCode::login_required, reason);
    }
    const auto consented = co_await has_consented(context.state, context.request, person->username);
    if (!consented) co_return show_error(context, consented.error());
    if (*consented && !prompt.consent) {
        report(context, EventKind::consent_given, person->username, "remembered");
        co_return co_await send_code_to_client(context, *person);
    }
    if (!prompt.none) co_return show_consent_page(context, cookie, person->name);
    co_return send_error_to_client(context, ErrorCode::consent_required,
                                   "Consent is needed, and no page was to be shown.");
}

io::Task<void> take_login(RequestContext context, const PostedForm& posted) {
    const std::string after = query_after_login(context.query);
    std::string onward = target_with(context, after);
    if (!context.request_uri.empty()) {
        onward = begun_target(context.http, context.request.client->client_id, context.request_uri);
        const auto changed =
            co_await change_begun_request(context.state, context.request_uri, after);
        if (!changed) co_return show_error(context, changed.error());
    }
    const auto taken = co_await take_login_form(sign_in_step(context), posted, onward);
    if (!taken) show_error(context, taken.error());
}

io::Task<void> take_decision(RequestContext context, const PostedForm& posted, bool allowed) {
    if (const auto form =
            check_posted_form(context.state, context.http, posted, FormPurpose::consent);
        !form) {
        co_return show_error(context, form.error());
    }
    const auto signed_in = co_await find_signed_in(context.state, posted.cookie);
    if (!signed_in) co_return show_error(context, signed_in.error());
    if (!*signed_in) {
        co_return show_login_form(sign_in_step(context), LoginNotice::signed_out);
    }
    const std::string& username = (*signed_in)->username;
    if (!allowed) {
        report(context, EventKind::consent_denied, username, {});
        if (!context.request_uri.empty()) {
            co_await end_begun_request(context.state, context.request_uri);
        }
        co_return send_error_to_client(context, ErrorCode::access_denied,
                                       "The person has denied the request.");
    }
    const auto noted = co_await note_consent(context.state, context.request, username);
    if (!noted) co_return show_error(context, noted.error());
    report(context, EventKind::consent_given, username, {});
    co_await send_code_to_client(context, **signed_in);
}

io::Task<void> act(RequestContext context) {
    PostedForm posted;
    if (const auto read = read_posted_form(posted, context.state, context.http); !read) {
        co_return show_error(context, read.error());
    }
    const std::string_view action = parameter(posted.form, "action").value_or("");
    if (action == "login") co_return co_await take_login(context, posted);
    if (action == "allow") co_return co_await take_decision(context, posted, true);
    if (action == "deny") co_return co_await take_decision(context, posted, false);
    show_error(context, {ErrorCode::invalid_request, "The form says nothing that is known here."});
}

// Whether the error may be told at the redirect URI.
io::Task<bool> may_redirect(ShardState& state, const http::Request& request,
                            const AuthorizationFailure& failed) {
    if (failed.redirect_uri.empty()) co_return false;
    if (!failed.registered) co_return true;
    const std::string cookie(find_session_cookie(state, request).value_or(""));
    const auto signed_in = co_await find_signed_in(state, cookie);
    co_return may_be_redirected_to(failed.registered, signed_in && signed_in->has_value());
}

io::Task<void> answer_failure(ShardState& state, const http::Request& request,
                              http::Response& response, AuthorizationFailure failed) {
    if (co_await may_redirect(state, request, failed)) {
        redirect(response, error_location(failed.redirect_uri, failed.state, failed.error,
                                          state.settings.issuer));
    } else {
        write_error_page(response, state.page_style, failed.error);
        // Not 401: nothing could be sent again.
        if (failed.error.code != ErrorCode::busy) response.set_status(http::Status::bad_request);
    }
    state.observer.on_event({.kind = EventKind::request_refused,
                             .client_id = failed.client_id,
                             .detail = to_text(failed.error.code),
                             .address = request.peer(),
                             .request_id = request.id()});
}

// Where a request's parameters are (RFC 9126 §4).
struct Parameters {
    std::string request_uri;  // of a pushed request that has begun; empty: it was not pushed
    std::string query;
    std::string onward;  // not empty: the browser goes there first
};

io::Task<Result<Parameters>> find_parameters(ShardState& state, const http::Request& request) {
    http::Form form;
    std::string_view request_uri;
    std::string_view client_id;
    if (form.parse(request.query()) && form.count("request_uri") == 1 &&
        form.count("client_id") == 1) {
        request_uri = *form.get("request_uri");
        client_id = *form.get("client_id");
    }
    if (is_begun_request_uri(request_uri)) {
        CO_TRY(std::string query, co_await find_begun_request(state, request_uri, client_id));
        if (form.get("prompt") == "login") query = query_with_login(query);
        co_return Parameters{std::string(request_uri), std::move(query), {}};
    }
    if (is_pushed_request_uri(request_uri)) {
        CO_TRY(const BegunRequest begun,
               co_await begin_pushed_request(state, request_uri, client_id));
        co_return Parameters{{}, {}, begun_target(request, client_id, begun.request_uri)};
    }
    if (state.settings.require_pushed_requests && !form.get("request_uri")) {
        co_return refuse(ErrorCode::invalid_request,
                         "Authorization requests must be pushed here (RFC 9126).");
    }
    co_return Parameters{{}, std::string(request.query()), {}};
}

}  // namespace

io::Task<void> serve_authorize(ShardState& state, const http::Request& request,
                               http::Response& response) {
    const auto found = co_await find_parameters(state, request);
    if (!found) {
        co_return co_await answer_failure(state, request, response,
                                          {found.error(), {}, {}, {}, {}});
    }
    if (!found->onward.empty()) co_return redirect(response, found->onward);
    if (const auto known = co_await know_client_of_query(state, found->query); !known) {
        co_return co_await answer_failure(state, request, response,
                                          {known.error(), {}, {}, {}, {}});
    }
    const auto parsed = parse_authorization_request(found->query, state.settings, state.clients);
    if (!parsed) co_return co_await answer_failure(state, request, response, parsed.error());
    const RequestContext context{state,       request, response, *parsed, found->request_uri,
                                 found->query};
    if (request.method() == http::Method::post) co_return co_await act(context);
    co_await show(context);
}

}  // namespace sluice::oauth
