// POST /introspect (RFC 7662), and the same question asked in process.
#include "oauth/introspection/introspection_endpoint.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/ascii.h"
#include "base/check.h"
#include "crypto/digest.h"
#include "oauth/clients/proven_caller.h"
#include "oauth/introspection/authenticate_caller.h"
#include "oauth/introspection/remote_token_cache.h"
#include "oauth/parameters.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"
#include "oauth/token_format.h"
#include "token/introspection.h"
#include "token/token_text.h"

namespace sluice::oauth {
namespace {

void append_number(std::string& out, std::int64_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

std::int64_t expiry_of(const storage::AccessRecord& record) {
    return std::int64_t{record.issued_at} + record.lifetime_s;
}

// Null for a token that is over by the wall clock, which `exp` speaks of: where that clock was set
// forward, or the machine was stopped, less time may have passed by the record's own deadline.
const storage::AccessRecord* unless_over(const ShardState& state,
                                         const storage::AccessRecord* record) {
    const bool over =
        record != nullptr && numeric_date(state.shard.wall_now()) >= expiry_of(*record);
    return over ? nullptr : record;
}

void append_access_answer(std::string& out, const storage::AccessRecord& record) {
    out.append(record.claims->json_head).append(R"(,"exp":)");
    append_number(out, expiry_of(record));
    out.append(R"(,"iat":)");
    append_number(out, record.issued_at);
    out.push_back('}');
}

// A refresh token is shown to the client it belongs to alone, and without a token_type: a resource
// server that is given one must not take it for an access token.
void append_refresh_info(std::string& out, const ShardState& owner,
                         const storage::RefreshRecord& record, const storage::Grant& grant) {
    token::TokenInfo info = grant.claims->info;
    info.token_type.clear();
    info.expires_at = numeric_date(owner.shard.wall_now() + (record.deadline - owner.now()));
    token::append_introspection_json(out, info);
}

// What is asked about.
struct Question {
    token::TokenKind kind;
    storage::TokenKey key;
};

// On the shard of the token's tag. Appends nothing where the token is not the caller's own, or not
// active.
io::Task<Result<>> append_refresh_answer(ShardState& owner, const storage::TokenKey& key,
                                         const Caller& caller, std::string& out) {
    CO_TRY(const storage::RefreshRecord* record, stored(co_await owner.tokens.read_refresh(key)));
    if (record == nullptr || record->rotated()) co_return Result<>();
    const storage::Grant* const grant = owner.tokens.memory().find(record->grant);
    CHECK(grant != nullptr, "a token that was found has a grant");
    if (caller.client && caller.client->client_id == grant->claims->info.client_id) {
        append_refresh_info(out, owner, *record, *grant);
    }
    co_return Result<>();
}

std::optional<Question> question_about(const ShardState& state, std::string_view token) {
    const auto presented = read_presented_token(state, token, token::TokenKind::access);
    if (!presented) return std::nullopt;
    return Question{presented->kind, presented->key};
}

// The request as resource servers send it, one time after the other: a form of the token alone, and
// one Authorization field. It is read in one pass; every other shape takes the long way and gets
// the same answer.
struct UsualRequest {
    std::string_view token;
    std::string_view authorization;
};

std::optional<UsualRequest> read_usual_request(const http::Request& request) {
    constexpr std::string_view name = "token=";
    if (!request.body().starts_with(name)) return std::nullopt;
    UsualRequest usual{request.body().substr(name.size()), {}};
    bool is_form = false;
    for (const http::Field& field : request.fields()) {
        constexpr std::string_view authorization = "authorization";
        constexpr std::string_view content_type = "content-type";
        if (field.name.size() == authorization.size() &&
            equal_ignoring_case(field.name, authorization)) {
            if (!usual.authorization.empty()) return std::nullopt;
            usual.authorization = field.value;
        } else if (field.name.size() == content_type.size() &&
                   equal_ignoring_case(field.name, content_type)) {
            is_form = field.value == "application/x-www-form-urlencoded";
        }
    }
    if (!is_form || usual.authorization.empty()) return std::nullopt;
    return usual;
}

void begin_answer(http::Response& response) {
    response.set_status(http::Status::ok);
    response.add_field("Content-Type", "application/json");
    response.add_field("Cache-Control", "no-store");
    response.body().clear();
}

void refuse_question(ShardState& state, const http::Request& request, http::Response& response,
                     const Error& error) {
    write_json_error(response, error);
    state.observer.on_event({.kind = EventKind::request_refused,
                             .detail = to_text(error.code),
                             .address = request.peer(),
                             .request_id = request.id()});
}

// Whether whoever asks may do so without credentials, and has sent none. Who came by way of a proxy
// is not who connects, and needs them.
bool is_open_to(const Settings& settings, const http::Request& request, const http::Form& form) {
    if (!http::contain(settings.introspection_open, request.peer())) return false;
    for (const std::string_view field :
         {"Authorization", "Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"}) {
        if (request.field(field)) return false;
    }
    return std::ranges::none_of(form.parameters(), [](const auto& parameter) {
        return parameter.name.starts_with("client_");
    });
}

// What the question of an unusual request refers to.
struct UnusualRequest {
    http::Form form;
    std::string converted;
};

// Any request, read and authenticated by all the rules.
io::Task<Result<Caller>> read_and_authenticate(ShardState& state, const http::Request& request,
                                               UnusualRequest& unusual,
                                               std::optional<Question>& question) {
    http::Form& form = unusual.form;
    CO_REQUIRE(read_form_or_json_body(form, request, unusual.converted));
    Result<Caller> caller = Caller{nullptr, token::ResourceRights::all()};
    if (!is_open_to(state.settings, request, form)) {
        const Caller* remembered = find_proven_caller(state, request, form);
        caller = remembered != nullptr ? Result<Caller>(*remembered)
                                       : co_await authenticate_caller(state, request, form);
    }
    CO_REQUIRE(caller);
    CO_TRY(const std::string_view token, require_parameter(form, "token"));
    question = question_about(state, token);
    co_return caller;
}

// Appends the answer for an active token that the caller may see. `caller` is one that stays.
io::Task<Result<>> append_answer_from_afar(ShardState& state, const Question& question,
                                           const Caller& caller, std::string& out) {
    const unsigned owner = state.owner_of(question.key.tag);
    if (question.kind == token::TokenKind::access) {
        CO_TRY(const auto* fetched, stored(co_await fetch_access(state, owner, question.key)));
        const auto* record = unless_over(state, fetched);
        if (record != nullptr && caller.sees(record->claims->info)) {
            append_access_answer(out, *record);
        }
    } else if (question.kind == token::TokenKind::refresh) {
        CO_REQUIRE(co_await state.peers.run(state.shard, owner, [&](ShardState& there) {
            return append_refresh_answer(there, question.key, caller, out);
        }));
    }
    co_return Result<>();
}

// Whether more may be known of a token than this shard's memory tells.
bool may_be_elsewhere(const ShardState& state, const Question& question) {
    return question.kind == token::TokenKind::refresh || !state.store.keeps_nothing() ||
           state.owner_of(question.key.tag) != state.here();
}

}  // namespace

io::Task<void> serve_introspect(ShardState& state, const http::Request& request,
                                http::Response& response) {
    const Caller* caller = nullptr;
    std::optional<Question> question;
    if (const auto usual = read_usual_request(request)) {
        question = question_about(state, usual->token);
        // A text that is no token of ours may hold anything, other parameters even.
        if (question) {
            if (state.owner_of(question->key.tag) == state.here()) {
                state.tokens.memory().prefetch_access(question->key.digest);
            }
            caller =
                state.callers.find(crypto::sha256(usual->authorization), state.clients.revision());
        }
    }
    Caller authenticated;
    std::optional<UnusualRequest> unusual;
    if (caller == nullptr) {
        unusual.emplace();
        auto asked = co_await read_and_authenticate(state, request, *unusual, question);
        if (!asked) co_return refuse_question(state, request, response, asked.error());
        authenticated = *std::move(asked);
        caller = &authenticated;
    }

    begin_answer(response);
    const auto* record =
        question && question->kind == token::TokenKind::access
            ? find_access_here(state, state.owner_of(question->key.tag), question->key.digest)
            : nullptr;
    if (record != nullptr) {
        if (caller->sees(record->claims->info) && unless_over(state, record) != nullptr) {
            append_access_answer(response.body(), *record);
        }
    } else if (question && may_be_elsewhere(state, *question)) {
        authenticated = *caller;  // what is remembered may go while this waits
        const auto told =
            co_await append_answer_from_afar(state, *question, authenticated, response.body());
        if (!told) {
            response.clear();
            co_return refuse_question(state, request, response, told.error());
        }
    }
    if (response.body().empty()) response.body() = token::inactive_json;
}

io::Task<Activity> find_active_token(ShardState& state, std::string_view access_token,
                                     token::TokenInfo& info) {
    const auto presented = read_presented_token(state, access_token, token::TokenKind::access);
    if (!presented || presented->kind != token::TokenKind::access) co_return Activity::inactive;
    const storage::TokenKey& key = presented->key;
    const unsigned owner = state.owner_of(key.tag);
    const auto* record = find_access_here(state, owner, key.digest);
    if (record == nullptr && (owner != state.here() || !state.store.keeps_nothing())) {
        const auto fetched = co_await fetch_access(state, owner, key);
        if (!fetched) co_return Activity::unavailable;
        record = *fetched;
    }
    if (unless_over(state, record) == nullptr) co_return Activity::inactive;
    info = record->claims->info;
    info.issued_at = record->issued_at;
    info.expires_at = expiry_of(*record);
    co_return Activity::active;
}

}  // namespace sluice::oauth
