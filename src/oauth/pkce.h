// PKCE (RFC 7636), method S256 alone: OAuth 2.1 leaves no room for "plain".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/digest.h"

namespace sluice::oauth {

/// RFC 7636 §4.1: 43 to 128 unreserved characters.
class CodeVerifier {
public:
    static std::optional<CodeVerifier> parse(std::string_view text);
    std::string_view text() const { return text_; }  // valid while *this lives

private:
    explicit CodeVerifier(std::string_view text) : text_(text) {}
    std::string text_;
};

/// RFC 7636 §4.2: BASE64URL(SHA256(verifier)), held as the digest.
class CodeChallenge {
public:
    static constexpr std::string_view method = "S256";

    static CodeChallenge of(const CodeVerifier& verifier);

    /// Nothing where the text is not the base64url of 32 bytes: no verifier could ever match it.
    static std::optional<CodeChallenge> parse(std::string_view text);

    /// RFC 7636 §4.6. Takes the same time for every verifier of one length.
    bool matches(const CodeVerifier& verifier) const;

    std::string text() const;
    const crypto::Digest& digest() const { return digest_; }
    /// What digest() gave, come back from storage.
    static CodeChallenge from_digest(const crypto::Digest& digest) { return CodeChallenge(digest); }

private:
    explicit CodeChallenge(const crypto::Digest& digest) : digest_(digest) {}
    crypto::Digest digest_;
};

}  // namespace sluice::oauth
