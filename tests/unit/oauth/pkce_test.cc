// Proof key for code exchange, method S256 (RFC 7636).
#include "oauth/pkce.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "crypto/base64url.h"

namespace sluice::oauth {
namespace {

constexpr std::string_view appendix_b_verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view appendix_b_challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

TEST(Pkce, S256AcceptsTheVerifierOfRfc7636AppendixB) {
    const auto verifier = CodeVerifier::parse(appendix_b_verifier);
    const auto challenge = CodeChallenge::parse(appendix_b_challenge);
    ASSERT_TRUE(verifier && challenge);
    EXPECT_TRUE(challenge->matches(*verifier));
    EXPECT_EQ(CodeChallenge::of(*verifier).text(), appendix_b_challenge);
}

TEST(Pkce, S256RefusesAnotherVerifier) {
    const auto challenge = CodeChallenge::parse(appendix_b_challenge).value();
    std::string other(appendix_b_verifier);
    ASSERT_TRUE(challenge.matches(CodeVerifier::parse(other).value()));
    other.back() = 'l';
    EXPECT_FALSE(challenge.matches(CodeVerifier::parse(other).value()));
    EXPECT_FALSE(challenge.matches(CodeVerifier::parse(appendix_b_challenge).value()))
        << "the challenge itself is what \"plain\" would accept";
}

TEST(CodeVerifier, Has43To128Characters) {
    EXPECT_FALSE(CodeVerifier::parse(""));
    EXPECT_FALSE(CodeVerifier::parse(std::string(42, 'a')));
    EXPECT_TRUE(CodeVerifier::parse(std::string(43, 'a')));
    EXPECT_TRUE(CodeVerifier::parse(std::string(128, 'a')));
    EXPECT_FALSE(CodeVerifier::parse(std::string(129, 'a')));
}

TEST(CodeVerifier, HasUnreservedCharactersOnly) {
    constexpr std::string_view unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (int c = 0; c < 256; ++c) {
        const bool allowed = unreserved.find(static_cast<char>(c)) != std::string_view::npos;
        EXPECT_EQ(CodeVerifier::parse(std::string(50, 'a') + static_cast<char>(c)).has_value(),
                  allowed)
            << c;
    }
}

TEST(CodeChallenge, IsTheBase64urlOf32BytesAndNothingElse) {
    const std::string good(appendix_b_challenge);
    ASSERT_TRUE(CodeChallenge::parse(good));
    EXPECT_FALSE(CodeChallenge::parse(""));
    EXPECT_FALSE(CodeChallenge::parse(good.substr(1)));
    EXPECT_FALSE(CodeChallenge::parse(good + "A"));
    EXPECT_FALSE(CodeChallenge::parse(good + "="));
    EXPECT_FALSE(CodeChallenge::parse(good.substr(0, 42) + "+"));
    EXPECT_FALSE(CodeChallenge::parse(good.substr(0, 42) + "N")) << "bits behind the last byte";
}

TEST(CodeChallenge, ComesBackFromItsTextAndItsDigest) {
    SeededRandom random(7636);
    for (int i = 0; i < 100; ++i) {
        crypto::Digest bytes;
        random.fill(bytes);
        const auto verifier = CodeVerifier::parse(crypto::base64url(bytes)).value();
        const CodeChallenge challenge = CodeChallenge::of(verifier);
        EXPECT_TRUE(CodeChallenge::parse(challenge.text()).value().matches(verifier));
        EXPECT_TRUE(CodeChallenge::from_digest(challenge.digest()).matches(verifier));
    }
}

}  // namespace
}  // namespace sluice::oauth
