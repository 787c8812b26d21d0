// GET and POST /device. The code is typed, or comes with the link; it is looked up (and a wrong one
// counted) before anybody signs in, and what follows is always asked about (RFC 8628 §3.3.1, §5.4).
#include "oauth/device/verification_endpoint.h"

#include <optional>
#include <string>
#include <utility>

#include "http/form.h"
#include "io/event.h"
#include "oauth/authorization/authorization_response.h"
#include "oauth/authorization/sign_in_form.h"
#include "oauth/clients/stored_client.h"
#include "oauth/device/device_request.h"
#include "oauth/device/user_code.h"
#include "oauth/limits/address_key.h"
#include "oauth/pages/device_page.h"
#include "oauth/pages/error_page.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"

namespace sluice::oauth {
namespace {

struct RequestContext {
    ShardState& state;
    const http::Request& http;
    http::Response& response;
};

/// A request that waits for a decision, and the client that made it.
struct Open {
    FoundDeviceRequest found;
    ClientHandle client;
    std::string user_code;
};

void report(const RequestContext& context, EventKind kind, const Open& open,
            std::string_view username) {
    context.state.observer.on_event({.kind = kind,
                                     .client_id = open.client->client_id,
                                     .username = username,
                                     .scope = open.found.request.scope.text(),
                                     .resource = open.found.request.resource,
                                     .detail = "device",
                                     .address = context.http.peer(),
                                     .request_id = context.http.id()});
}

void show_error(const RequestContext& context, const Error& error) {
    write_error_page(context.response, context.state.page_style, error);
    context.state.observer.on_event({.kind = EventKind::request_refused,
                                     .detail = to_text(error.code),
                                     .address = context.http.peer(),
                                     .request_id = context.http.id()});
}

std::string target_of_code(const RequestContext& context, std::string_view user_code) {
    std::string target = std::string(context.http.path()).append("?");
    http::append_form_parameter(target, "code", user_code);
    return target;
}

// RFC 8628 §5.1: whoever tries codes is slowed down, then refused.
io::Task<Result<>> count_guess(ShardState& state, const PeerAddress& peer) {
    const Attempt attempt =
        co_await state.peers.call(state.shard, state.owner_of(peer.key), [&](ShardState& owner) {
            return owner.user_code_guesses.begin(peer.key, owner.now(), peer.people);
        });
    if (attempt.retry_after > Seconds{0}) {
        co_return refuse_for_now(ErrorCode::rate_limited, "Too many wrong codes.",
                                 attempt.retry_after);
    }
    if (attempt.hold > Duration::zero()) co_await io::Sleep(state.shard, attempt.hold);
    co_return Result<>();
}

// Nothing where the code is wrong, has expired, or was decided on.
io::Task<Result<std::optional<Open>>> find_open(ShardState& state, const http::Request& request,
                                                std::string_view typed) {
    const PeerAddress peer = peer_address(state.settings, request);
    const std::string_view address = peer.key;
    CO_REQUIRE(co_await count_guess(state, peer));
    std::string user_code = normalize_user_code(typed);
    CO_TRY(auto found, co_await find_open_device_request(state, user_code));
    if (!found) co_return std::nullopt;
    CO_REQUIRE(co_await know_client(state, found->request.client_id));
    const ClientHandle* client = state.clients.find(found->request.client_id);
    if (client == nullptr) co_return std::nullopt;
    Open open{*std::move(found), *client, std::move(user_code)};
    co_await state.peers.call(state.shard, state.owner_of(address), [&](ShardState& owner) {
        owner.user_code_guesses.take_back(address, owner.now());
    });
    co_return open;
}

SignInStep sign_in_step(const RequestContext& context, const Open& open) {
    return {context.state, context.http, context.response, *open.client};
}

void show_code_page(const RequestContext& context, bool wrong_code, std::string_view typed) {
    write_device_code_page(context.response, context.state.page_style, wrong_code, typed);
}

io::Task<void> show(RequestContext context, std::string typed) {
    const auto open = co_await find_open(context.state, context.http, typed);
    if (!open) co_return show_error(context, open.error());
    if (!*open) co_return show_code_page(context, true, typed);
    const std::string cookie(find_session_cookie(context.state, context.http).value_or(""));
    const auto person = co_await find_signed_in(context.state, cookie);
    if (!person) co_return show_error(context, person.error());
    if (!*person) co_return show_login_form(sign_in_step(context, **open), LoginNotice::none);
    write_device_consent_page(context.response, context.state.page_style, *(*open)->client,
                              (*open)->found.request, context.state.settings,
                              {.person = (*person)->name,
                               .user_code = (*open)->user_code,
                               .form_token = form_token(context.state.keys, FormPurpose::device,
                                                        cookie, context.http.query())});
}

io::Task<void> take_code(RequestContext context, const PostedForm& posted) {
    const std::string typed(parameter(posted.form, "code").value_or(""));
    const auto open = co_await find_open(context.state, context.http, typed);
    if (!open) co_return show_error(context, open.error());
    if (!*open) co_return show_code_page(context, true, typed);
    redirect(context.response, target_of_code(context, (*open)->user_code));
}

io::Task<void> take_decision(RequestContext context, const PostedForm& posted, const Open& open,
                             bool allowed) {
    ShardState& state = context.state;
    const auto form = check_posted_form(state, context.http, posted, FormPurpose::device);
    if (!form) co_return show_error(context, form.error());
    const auto person = co_await find_signed_in(state, posted.cookie);
    if (!person) co_return show_error(context, person.error());
    if (!*person) co_return show_login_form(sign_in_step(context, open), LoginNotice::signed_out);
    const std::string& username = (*person)->username;
    const DeviceDecision decision{allowed ? DeviceStatus::approved : DeviceStatus::denied, username,
                                  (*person)->mark};
    const auto first = co_await decide_device_request(state, open.found, open.user_code, decision);
    if (!first) co_return show_error(context, first.error());
    if (!*first) co_return show_code_page(context, true, {});
    if (allowed) {
        // Tried again when the device gets its tokens.
        static_cast<void>(co_await keep_client(state, open.client));
    }
    report(context, allowed ? EventKind::consent_given : EventKind::consent_denied, open, username);
    write_device_done_page(context.response, state.page_style, *open.client, allowed);
}

// What the page of a code brings back.
io::Task<void> act_on_code(RequestContext context, const PostedForm& posted, std::string typed) {
    const auto found = co_await find_open(context.state, context.http, typed);
    if (!found) co_return show_error(context, found.error());
    if (!*found) co_return show_code_page(context, true, typed);
    const Open& open = **found;
    const std::string_view action = parameter(posted.form, "action").value_or("");
    if (action == "allow") co_return co_await take_decision(context, posted, open, true);
    if (action == "deny") co_return co_await take_decision(context, posted, open, false);
    if (action == "login") {
        const std::string onward = target_of_code(context, open.user_code);
        const auto taken = co_await take_login_form(sign_in_step(context, open), posted, onward);
        if (!taken) show_error(context, taken.error());
        co_return;
    }
    show_error(context, {ErrorCode::invalid_request, "The form says nothing that is known here."});
}

}  // namespace

io::Task<void> serve_verification(ShardState& state, const http::Request& request,
                                  http::Response& response) {
    const RequestContext context{state, request, response};
    http::Form query;
    if (const auto read = read_parameters(query, request.query()); !read) {
        co_return show_error(context, read.error());
    }
    const std::string code(parameter(query, "code").value_or(""));
    if (request.method() == http::Method::get) {
        if (code.empty()) co_return show_code_page(context, false, {});
        co_return co_await show(context, code);
    }
    PostedForm posted;
    if (const auto read = read_posted_form(posted, state, request); !read) {
        co_return show_error(context, read.error());
    }
    if (code.empty() || parameter(posted.form, "code")) {
        co_return co_await take_code(context, posted);
    }
    co_await act_on_code(context, posted, code);
}

}  // namespace sluice::oauth
