#include "oauth/pkce.h"

#include <algorithm>

#include "crypto/base64url.h"
#include "http/uri_chars.h"

namespace sluice::oauth {
namespace {

constexpr std::size_t verifier_size_min = 43;
constexpr std::size_t verifier_size_max = 128;

}  // namespace

std::optional<CodeVerifier> CodeVerifier::parse(std::string_view text) {
    if (text.size() < verifier_size_min || text.size() > verifier_size_max) return std::nullopt;
    if (!std::ranges::all_of(text, http::is_unreserved)) return std::nullopt;
    return CodeVerifier(text);
}

CodeChallenge CodeChallenge::of(const CodeVerifier& verifier) {
    return CodeChallenge(crypto::sha256(verifier.text()));
}

std::optional<CodeChallenge> CodeChallenge::parse(std::string_view text) {
    crypto::Digest digest;
    if (text.size() != crypto::base64url_size(digest.size())) return std::nullopt;
    const auto bytes = crypto::decode_base64url(text);
    if (!bytes) return std::nullopt;
    std::ranges::copy(std::as_bytes(std::span(*bytes)), digest.begin());
    return CodeChallenge(digest);
}

bool CodeChallenge::matches(const CodeVerifier& verifier) const {
    return crypto::constant_time_equal(crypto::sha256(verifier.text()), digest_);
}

std::string CodeChallenge::text() const {
    return crypto::base64url(digest_);
}

}  // namespace sluice::oauth
