// One shard's server: its state, its routes, its sweeping.
#include "oauth/authorization_server.h"

#include "base/check.h"
#include "oauth/authorization/person_attributes.h"
#include "oauth/clients/configured_accounts.h"
#include "oauth/cors.h"
#include "oauth/introspection/admit_resource_server.h"
#include "oauth/jwt_access_token.h"
#include "oauth/metadata.h"
#include "oauth/shard_state.h"
#include "oauth/storage_error.h"

namespace sluice::oauth {
namespace {

constexpr Duration sweep_interval = std::chrono::milliseconds{100};

io::Task<void> wait_for_keys(http::Response& response) {
    write_json_error(response, storage_error(storage::StoreError::unavailable));
    allow_every_origin(response);
    co_return;
}

io::Task<void> answer_preflight(http::Response& response) {
    write_preflight(response);
    co_return;
}

}  // namespace

class AuthorizationServer::Sweeper final : public io::Timer {
public:
    explicit Sweeper(ShardState& state) : state_(state) {}
    void restart() { state_.shard.timers().start(*this, state_.now() + sweep_interval); }

private:
    void on_timer() override {
        state_.sweep();
        restart();
    }

    ShardState& state_;
};

AuthorizationServer::AuthorizationServer(Parts parts, Peers& peers)
    : state_(std::make_unique<ShardState>(parts, peers)),
      sweeper_(std::make_unique<Sweeper>(*state_)) {
    CHECK(!state_->settings.issuer.empty() && !state_->settings.issuer.ends_with('/'), "RFC 9207");
    peers.set(parts.shard.index(), *state_);
}

AuthorizationServer::~AuthorizationServer() = default;

io::Task<void> AuthorizationServer::serve(const Endpoint& endpoint, const http::Request& request,
                                          http::Response& response) {
    if (request.method() == http::Method::options) return answer_preflight(response);
    if (endpoint.needs_keys && !has_keys()) return wait_for_keys(response);
    return endpoint.handler(*state_, request, response);
}

io::Task<Activity> AuthorizationServer::find_active(std::string_view access_token,
                                                    token::TokenInfo& info) {
    return find_active_token(*state_, access_token, info);
}

io::Task<void> AuthorizationServer::describe_person(token::TokenInfo& info) {
    return oauth::describe_person(*state_, info);
}

const token::ResourceRights* AuthorizationServer::find_resource_server(
    std::string_view authorization) {
    return oauth::find_resource_server(*state_, authorization);
}

io::Task<token::ResourceRights> AuthorizationServer::admit_resource_server(
    const http::Request& request, std::string_view authorization, http::Response& response) {
    return oauth::admit_resource_server(*state_, request, authorization, response);
}

void AuthorizationServer::use_keys(const Keys& keys) {
    CHECK(!keys.form.empty() && !keys.successor.empty(), "keys that anybody knows");
    state_->keys.form = keys.form;
    state_->keys.successor = keys.successor;
    state_->has_keys = true;
}

void AuthorizationServer::use_signing_keys(std::shared_ptr<const SigningKeys> keys) {
    CHECK(keys != nullptr, "signing keys never go away");
    state_->keys.signing = std::move(keys);
}

bool AuthorizationServer::has_keys() const {
    return state_->has_keys && (state_->keys.signing != nullptr || !issues_jwts(state_->settings));
}

void AuthorizationServer::on_revoked(token::GrantTag tag) {
    state_->tokens.on_revoked(tag);
}

void AuthorizationServer::on_trust(MonotonicTime until) {
    state_->tokens.on_trust(until);
}

void AuthorizationServer::on_gap() {
    state_->tokens.on_gap();
}

io::Task<bool> AuthorizationServer::end_dropped_accounts() {
    if (!state_->has_keys) co_return false;  // those that sign may still be to come
    const auto done = co_await oauth::end_dropped_accounts(*state_);
    co_return done.has_value();
}

void AuthorizationServer::start() {
    CHECK(!sweeper_->running(), "a server starts once");
    sweeper_->restart();
}

io::Task<void> AuthorizationServer::close() {
    return state_->documents.close();
}

AuthorizationServer::Counts AuthorizationServer::counts() const {
    return {state_->tokens.memory().token_count(), state_->clients.size()};
}

}  // namespace sluice::oauth
