#include "resource/tokens/remote_verifier.h"

#include <algorithm>

#include "base/check.h"
#include "base/result.h"
#include "crypto/base64url.h"
#include "http/form.h"
#include "http/uri.h"
#include "resource/tokens/introspection_response.h"

namespace sluice::resource {
namespace {

constexpr std::size_t answer_bytes_max = 64 * 1024;
constexpr unsigned flights_of_peer_max = 256;

http::HttpUrl endpoint_url(const IntrospectionSettings& settings) {
    auto url = http::HttpUrl::parse(settings.endpoint);
    CHECK(url.has_value(), settings.endpoint);
    return *std::move(url);
}

TokenError unreachable(const http::ClientError& error) {
    return {TokenFault::unavailable, Seconds{1}, error.description};
}

/// RFC 6749 §2.3.1: both halves form-encoded, then HTTP Basic.
std::string basic_credentials(const IntrospectionSettings& settings) {
    std::string pair;
    http::append_form_encoded(pair, settings.client_id);
    pair += ':';
    http::append_form_encoded(pair, settings.client_secret.reveal());
    std::string text = "Basic " + crypto::base64_unpadded(pair);
    text.append((3 - pair.size() % 3) % 3, '=');
    return text;
}

}  // namespace

RemoteVerifier::RemoteVerifier(io::Shard& shard, http::Client& client,
                               const IntrospectionSettings& settings)
    : shard_(shard),
      client_(client),
      settings_(settings),
      origin_(client.origin(endpoint_url(settings), settings.trust ? &*settings.trust : nullptr)),
      target_(endpoint_url(settings).target()),
      credentials_(basic_credentials(settings)),
      cache_(settings.cache_ttl > Duration::zero() ? settings.cache_entries_max : 0),
      in_flight_(flights_of_peer_max) {}

io::Task<std::expected<void, TokenError>> RemoteVerifier::verify(std::string_view token,
                                                                 std::string_view peer,
                                                                 io::CancelScope* scope,
                                                                 token::TokenInfo& info) {
    const crypto::Digest digest = crypto::sha256(token);
    if (const token::TokenInfo* known = cache_.find(digest, shard_.now())) {
        info = *known;
        co_return std::expected<void, TokenError>();
    }
    co_return co_await join_flight(digest, token, peer, scope, info);
}

io::Task<std::expected<void, TokenError>> RemoteVerifier::verify_again(std::string_view token,
                                                                       std::string_view peer,
                                                                       io::CancelScope* scope,
                                                                       token::TokenInfo& info) {
    return join_flight(crypto::sha256(token), token, peer, scope, info);
}

io::Task<std::expected<void, TokenError>> RemoteVerifier::join_flight(crypto::Digest digest,
                                                                      std::string_view token,
                                                                      std::string_view peer,
                                                                      io::CancelScope* scope,
                                                                      token::TokenInfo& info) {
    std::shared_ptr<Flight> flight;
    if (const auto found = flights_.find(digest); found != flights_.end()) {
        flight = found->second;
    } else {
        auto permit = in_flight_.acquire(peer);
        if (!permit) co_return failure(TokenError{TokenFault::unavailable, Seconds{1}});
        flight = std::make_shared<Flight>(shard_);
        flights_.emplace(digest, flight);
        // On its own, so that the first asker's leaving does not take the answer from the others.
        group_.spawn(fly(digest, std::string(token), flight, *std::move(permit)));
    }
    if (!co_await flight->done.wait(scope)) {
        co_return failure(TokenError{TokenFault::unavailable, Seconds{1}});
    }
    CO_REQUIRE(flight->answer);
    info = *flight->answer;
    co_return std::expected<void, TokenError>();
}

io::Task<void> RemoteVerifier::close() {
    co_await group_.join();
    CHECK(flights_.empty());
}

io::Task<void> RemoteVerifier::fly(crypto::Digest digest, std::string token,
                                   std::shared_ptr<Flight> flight, ConcurrencyLimit::Permit) {
    flight->answer = co_await ask(token);
    if (flight->answer) {
        remember(digest, *flight->answer);
    } else if (flight->answer.error().fault != TokenFault::unavailable) {
        cache_.forget(digest);  // what was remembered of it is over
    }
    CHECK(flights_.erase(digest) == 1, "one question at a time is about a token");
    flight->done.set();
}

io::Task<RemoteVerifier::Answer> RemoteVerifier::ask(std::string_view token) {
    io::CancelScope scope;
    io::Deadline deadline(scope);
    shard_.timers().start(deadline, shard_.now() + settings_.timeout);
    http::OutgoingRequest request;
    fill_request(request, token);
    auto answer = co_await client_.send(origin_, request,
                                        {.head_timeout = settings_.timeout,
                                         .chunk_timeout = settings_.timeout,
                                         .repeatable = true,  // asking changes nothing
                                         .scope = &scope});
    if (!answer) co_return failure(unreachable(answer.error()));
    std::string body;
    const auto read = co_await answer->read_body(body, answer_bytes_max);
    if (!read) co_return failure(unreachable(read.error()));
    co_return read_introspection_answer(answer->status(), answer->head().field("Retry-After"),
                                        body);
}

void RemoteVerifier::fill_request(http::OutgoingRequest& request, std::string_view token) const {
    request.set(http::Method::post, target_);
    request.add_field("Content-Type", "application/x-www-form-urlencoded");
    request.add_field("Accept", "application/json");
    http::append_form_parameter(request.body(), "token", token);
    http::append_form_parameter(request.body(), "token_type_hint", "access_token");
    if (settings_.auth_method == token::ClientAuthMethod::client_secret_basic) {
        request.add_field("Authorization", credentials_.reveal());
    } else {
        http::append_form_parameter(request.body(), "client_id", settings_.client_id);
        http::append_form_parameter(request.body(), "client_secret",
                                    settings_.client_secret.reveal());
    }
}

void RemoteVerifier::remember(const crypto::Digest& digest, const token::TokenInfo& info) {
    Duration kept = settings_.cache_ttl;
    if (info.expires_at) {
        const std::int64_t left = *info.expires_at - numeric_date(shard_.wall_now());
        kept = std::min<Duration>(kept, Seconds(std::clamp<std::int64_t>(left, 0, 86'400)));
    }
    CHECK(kept <= settings_.cache_ttl);
    if (kept > Duration::zero()) cache_.insert(digest, info, shard_.now() + kept);
}

}  // namespace sluice::resource
