// Token verification: the question a gateway asks of every access token.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string_view>

#include "base/check.h"
#include "base/clock.h"
#include "io/cancel.h"
#include "io/task.h"
#include "token/introspection.h"

namespace sluice::resource {

/// Why a token is not accepted.
enum class TokenFault : std::uint8_t {
    inactive,        // unknown, revoked, expired, malformed: RFC 6750 invalid_token
    wrong_audience,  // meant for another resource (RFC 8707): invalid_token
    wrong_issuer,    // of another authorization server: invalid_token
    unavailable,     // nobody could say: 503, and never 401, since the token may be good
};

struct TokenError {
    TokenFault fault = TokenFault::inactive;
    Seconds retry_after{0};     // of unavailable
    std::string_view detail{};  // for logs: static text; may be empty
};

/// Implementations belong to one shard.
class Verifier {
public:
    virtual ~Verifier() = default;

    /// What is known of an active token. Whether it is meant for the resource at hand is checked by
    /// the caller (check_claims), so that one verifier serves several resources.
    /// token  Lives until the task has ended, as does `info`. peer  Address of who shows it.
    /// scope  Ends the wait for the answer early. info  Written where there is no error; what room
    /// it has is used.
    virtual io::Task<std::expected<void, TokenError>> verify(std::string_view token,
                                                             std::string_view peer,
                                                             io::CancelScope* scope,
                                                             token::TokenInfo& info) = 0;

    /// What rules may want to know of the person of a token that was verified: fills `attributes`
    /// and says by `knows_person` whether anybody could tell. Nobody can by default.
    virtual io::Task<void> describe_person(token::TokenInfo& info) {
        info.attributes.clear();
        info.knows_person = false;
        co_return;
    }

    /// The same for a token that was good: asked anew, so that a revocation since then is seen.
    virtual io::Task<std::expected<void, TokenError>> verify_again(std::string_view token,
                                                                   std::string_view peer,
                                                                   io::CancelScope* scope,
                                                                   token::TokenInfo& info) {
        return verify(token, peer, scope, info);
    }
};

/// This process's own tokens: asks the authorization server beside it.
class LocalVerifier final : public Verifier {
public:
    /// Same contract as verify(); nothing of it needs to be cancelled.
    using Lookup = std::function<io::Task<std::expected<void, TokenError>>(std::string_view token,
                                                                           token::TokenInfo& info)>;

    /// Same contract as describe_person(); may be empty.
    using Describe = std::function<io::Task<void>(token::TokenInfo& info)>;

    explicit LocalVerifier(Lookup lookup, Describe describe = {})
        : lookup_(std::move(lookup)), describe_(std::move(describe)) {
        CHECK(lookup_);
    }

    io::Task<std::expected<void, TokenError>> verify(std::string_view token, std::string_view,
                                                     io::CancelScope*,
                                                     token::TokenInfo& info) override {
        return lookup_(token, info);
    }

    io::Task<void> describe_person(token::TokenInfo& info) override {
        return describe_ ? describe_(info) : Verifier::describe_person(info);
    }

private:
    Lookup lookup_;
    Describe describe_;
};

/// Whether an active token is good here and now: audience always (in any spelling of the resource),
/// issuer where the token tells one, and times. now  Seconds since 1970.
std::expected<void, TokenError> check_claims(const token::TokenInfo& info,
                                             const token::ResourceIdentifier& resource,
                                             std::string_view issuer, std::int64_t now);

}  // namespace sluice::resource
