// Token introspection client (RFC 7662), single-flight, over pooled connections.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/concurrency_limit.h"
#include "http/client.h"
#include "http/outgoing_request.h"
#include "io/event.h"
#include "io/task_group.h"
#include "resource/settings.h"
#include "resource/tokens/introspection_cache.h"
#include "resource/tokens/verifier.h"

namespace sluice::resource {

/// Asks once however many requests carry the same token at a time. Remembers active answers for
/// cache_ttl, at most until the token expires; never a refusal, never a failure.
/// One peer has a few questions under way at most, so that made-up tokens do not keep others out;
/// what is beyond them is `unavailable`.
class RemoteVerifier final : public Verifier {
public:
    /// `settings` outlive the verifier; its endpoint must be an http(s) URL.
    RemoteVerifier(io::Shard& shard, http::Client& client, const IntrospectionSettings& settings);
    RemoteVerifier(const RemoteVerifier&) = delete;
    RemoteVerifier& operator=(const RemoteVerifier&) = delete;

    io::Task<std::expected<void, TokenError>> verify(std::string_view token, std::string_view peer,
                                                     io::CancelScope* scope,
                                                     token::TokenInfo& info) override;

    /// Believes nothing that is remembered; but where several ask at once, one question is enough.
    io::Task<std::expected<void, TokenError>> verify_again(std::string_view token,
                                                           std::string_view peer,
                                                           io::CancelScope* scope,
                                                           token::TokenInfo& info) override;

    /// Waits for what is still being asked.
    io::Task<void> close();

private:
    using Answer = std::expected<token::TokenInfo, TokenError>;
    /// One question under way and everybody who waits for it.
    struct Flight {
        explicit Flight(io::Shard& shard) : done(shard) {}
        io::Event done;
        Answer answer = std::unexpected(TokenError{TokenFault::unavailable, Seconds{1}});
    };

    io::Task<std::expected<void, TokenError>> join_flight(crypto::Digest digest,
                                                          std::string_view token,
                                                          std::string_view peer,
                                                          io::CancelScope* scope,
                                                          token::TokenInfo& info);
    io::Task<void> fly(crypto::Digest digest, std::string token, std::shared_ptr<Flight> flight,
                       ConcurrencyLimit::Permit place);
    io::Task<Answer> ask(std::string_view token);
    void fill_request(http::OutgoingRequest& request, std::string_view token) const;
    void remember(const crypto::Digest& digest, const token::TokenInfo& info);

    io::Shard& shard_;
    http::Client& client_;
    const IntrospectionSettings& settings_;
    http::Origin& origin_;
    std::string target_;
    Secret credentials_;  // the Authorization value of client_secret_basic
    IntrospectionCache cache_;
    std::unordered_map<crypto::Digest, std::shared_ptr<Flight>, crypto::DigestHash> flights_;
    ConcurrencyLimit in_flight_;  // of peers in flights_
    io::TaskGroup group_;
};

}  // namespace sluice::resource
