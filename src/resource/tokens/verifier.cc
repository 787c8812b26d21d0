#include "resource/tokens/verifier.h"

#include "base/result.h"

namespace sluice::resource {

std::expected<void, TokenError> check_claims(const token::TokenInfo& info,
                                             const token::ResourceIdentifier& resource,
                                             std::string_view issuer, std::int64_t now) {
    if (!info.is_current(now)) return failure(TokenError{TokenFault::inactive});
    if (!info.is_for(resource)) return failure(TokenError{TokenFault::wrong_audience});
    // RFC 7662 makes iss optional: a server that leaves it out answers for its own tokens only.
    if (!info.issuer.empty() && info.issuer != issuer) {
        return failure(TokenError{TokenFault::wrong_issuer});
    }
    return {};
}

}  // namespace sluice::resource
