// Signed texts: read strictly, verified by keys that fit alone, made as others read them.
#include "crypto/jws.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/base64url.h"
#include "crypto/jwk_set.h"
#include "crypto/signing_key.h"

namespace sluice::crypto {
namespace {

std::string text_with_header(std::string_view header) {
    return base64url(header) + "." + base64url(std::string_view("{}")) + ".AAAA";
}

JoseResult<Jws> parse(std::string_view text) {
    return Jws::parse(text, JwsAlgorithms::all());
}

std::string signed_by(const SigningKey& key, std::string_view payload) {
    std::string text;
    JwsSigner(key, "JWT").append(text, payload);
    return text;
}

class SignedBy : public testing::TestWithParam<JwsAlgorithm> {
protected:
    const SigningKey key_ = SigningKey::generate(GetParam());
};

TEST_P(SignedBy, VerifiesWithThePublicKeyAlone) {
    const std::string text = signed_by(key_, R"({"sub":"a"})");
    const auto jws = parse(text);
    ASSERT_TRUE(jws) << jws.error().reason;
    EXPECT_EQ(jws->payload(), R"({"sub":"a"})");
    EXPECT_EQ(jws->key_id(), key_.key_id());
    EXPECT_TRUE(jws->has_type("JWT"));
    EXPECT_TRUE(jws->is_signed_by(key_.public_key()));
    EXPECT_FALSE(jws->is_signed_by(SigningKey::generate(GetParam()).public_key()));
}

TEST_P(SignedBy, IsNotVerifiedOnceAnythingIsChangedCutOrAdded) {
    const std::string text = signed_by(key_, R"({"sub":"a"})");
    const auto verifies = [&](const std::string& changed) {
        const auto jws = parse(changed);
        return jws && jws->is_signed_by(key_.public_key());
    };
    ASSERT_TRUE(verifies(text));
    for (std::size_t i = 0; i < text.size(); i += 3) {
        std::string changed = text;
        changed[i] = changed[i] == 'x' ? 'y' : 'x';
        EXPECT_FALSE(verifies(changed)) << i;
        EXPECT_FALSE(verifies(text.substr(0, i))) << i;
    }
    EXPECT_FALSE(verifies(text + "A"));
    EXPECT_FALSE(verifies(text + "AAAA"));
    EXPECT_FALSE(verifies(text + "."));
    EXPECT_FALSE(verifies(" " + text));
}

TEST_P(SignedBy, TheKeyIsTheSameAfterItWasWrittenAndRead) {
    const auto again = SigningKey::parse(GetParam(), key_.pkcs8());
    ASSERT_TRUE(again) << again.error().reason;
    EXPECT_EQ(again->key_id(), key_.key_id());
    EXPECT_TRUE(parse(signed_by(*again, "{}"))->is_signed_by(key_.public_key()));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, SignedBy,
                         testing::Values(JwsAlgorithm::es256, JwsAlgorithm::eddsa,
                                         JwsAlgorithm::rs256),
                         [](const auto& which) { return std::string(to_text(which.param)); });

TEST(SigningKey, OfAnotherAlgorithmOrFormIsRefused) {
    const SigningKey key = SigningKey::generate(JwsAlgorithm::es256);
    EXPECT_FALSE(SigningKey::parse(JwsAlgorithm::eddsa, key.pkcs8()));
    EXPECT_FALSE(SigningKey::parse(JwsAlgorithm::es256, Secret("no key")));
    EXPECT_FALSE(
        SigningKey::parse(JwsAlgorithm::es256, Secret(std::string(key.pkcs8().reveal()) + "x")));
}

TEST(Jws, EcSignaturesHaveTheLengthOfTheCurve) {
    const SigningKey key = SigningKey::generate(JwsAlgorithm::es256);
    for (int i = 0; i < 40; ++i) EXPECT_EQ(key.sign(std::to_string(i)).size(), 64U);
    std::string signature = key.sign("text");
    EXPECT_TRUE(key.public_key().verify(JwsAlgorithm::es256, "text", signature));
    EXPECT_FALSE(key.public_key().verify(JwsAlgorithm::es256, "text", '\0' + signature));
    EXPECT_FALSE(key.public_key().verify(JwsAlgorithm::es256, "text", signature + '\0'));
    EXPECT_FALSE(key.public_key().verify(JwsAlgorithm::es256, "text", std::string(64, '\0')));
    EXPECT_FALSE(key.public_key().verify(JwsAlgorithm::es256, "text", ""));
}

TEST(Jws, OfAnAlgorithmThatIsNotAcceptedIsRefusedBeforeAnyKey) {
    const std::string text = signed_by(SigningKey::generate(JwsAlgorithm::es256), "{}");
    EXPECT_TRUE(Jws::parse(text, {JwsAlgorithm::es256}));
    EXPECT_FALSE(Jws::parse(text, {JwsAlgorithm::rs256, JwsAlgorithm::eddsa}));
    for (const std::string_view header :
         {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":""})", R"({"alg":5})",
          R"({"alg":null})", R"({"kid":"a"})", R"({"alg":"HS256"})", R"({"alg":"ES256K"})",
          R"({"alg":"es256"})", R"({"alg":["ES256"]})"}) {
        EXPECT_FALSE(parse(text_with_header(header))) << header;
    }
}

TEST(Jws, WithAMalformedHeaderIsRefused) {
    ASSERT_TRUE(parse(text_with_header(R"({"alg":"ES256"})")));
    for (const std::string_view header :
         {"", "[]", "null", R"({"alg":"ES256","alg":"ES256"})", R"({"alg":"ES256","kid":5})",
          R"({"alg":"ES256","typ":5})", R"({"alg":"ES256","crit":[]})",
          R"({"alg":"ES256","crit":["exp"],"exp":1})", R"({"alg":"ES256"} x)"}) {
        EXPECT_FALSE(parse(text_with_header(header))) << header;
    }
}

TEST(Jws, HasExactlyThreePartsOfBase64url) {
    const std::string header = base64url(std::string_view(R"({"alg":"ES256"})"));
    EXPECT_TRUE(parse(header + ".e30.AAAA"));
    EXPECT_TRUE(parse(header + "..AAAA")) << "an empty payload";
    for (const std::string& text :
         {header, header + ".e30", header + ".e30.AAAA.", "." + header + ".e30.AAAA",
          header + ".e30=.AAAA", header + ".e30.AAA=", header + ".e3 0.AAAA", header + ".e30.A+AA",
          header + ".e30.AAAA\n", std::string("..")}) {
        EXPECT_FALSE(parse(text)) << text;
    }
    EXPECT_FALSE(parse(header + "." + std::string(Jws::text_size_max, 'A') + ".AAAA"));
}

TEST(Jws, TypesAreMediaTypes) {
    const auto type_is = [](std::string_view type, std::string_view wanted) {
        return parse(text_with_header(R"({"alg":"ES256","typ":")" + std::string(type) + "\"}"))
            ->has_type(wanted);
    };
    EXPECT_TRUE(type_is("at+jwt", "at+jwt"));
    EXPECT_TRUE(type_is("application/at+jwt", "at+jwt"));
    EXPECT_TRUE(type_is("AT+JWT", "at+jwt"));
    EXPECT_FALSE(type_is("JWT", "at+jwt"));
    EXPECT_FALSE(type_is("text/at+jwt", "at+jwt"));
    EXPECT_FALSE(type_is("", "at+jwt"));
}

TEST(JwkSetVerifies, ByTheKeyWithTheHeadersKid) {
    const SigningKey first = SigningKey::generate(JwsAlgorithm::es256);
    const SigningKey second = SigningKey::generate(JwsAlgorithm::es256);
    JwkSet set;
    set.insert(first.public_key());
    const auto by_first = parse(signed_by(first, "{}"));
    const auto by_second = parse(signed_by(second, "{}"));
    EXPECT_TRUE(set.verify(*by_first));
    EXPECT_FALSE(set.verify(*by_second));
    EXPECT_FALSE(set.has_key_for(*by_second)) << "its kid is unknown: the set may be out of date";
    set.insert(second.public_key());
    EXPECT_TRUE(set.verify(*by_second));
    Jwk renamed = second.public_key();
    renamed.set_key_id(std::string(first.key_id()));
    JwkSet other;
    other.insert(renamed);
    EXPECT_FALSE(other.verify(*by_second)) << "the key is there, by another name";
    EXPECT_TRUE(other.has_key_for(*by_first));
    EXPECT_FALSE(other.verify(*by_first)) << "the name is there, for another key";
}

TEST(JwkSetVerifies, WithoutAKidByAFewKeysThatFitAtMost) {
    const SigningKey key = SigningKey::generate(JwsAlgorithm::es256);
    const std::string input = base64url(std::string_view(R"({"alg":"ES256"})")) + ".e30";
    const std::string text = input + "." + base64url(key.sign(input));
    JwkSet set;
    set.insert(SigningKey::generate(JwsAlgorithm::eddsa).public_key());
    for (std::size_t i = 1; i < JwkSet::tries_max; ++i) {
        set.insert(SigningKey::generate(JwsAlgorithm::es256).public_key());
    }
    JwkSet longer = set;
    set.insert(key.public_key());
    EXPECT_TRUE(set.verify(*parse(text)));
    longer.insert(SigningKey::generate(JwsAlgorithm::es256).public_key());
    longer.insert(key.public_key());
    EXPECT_FALSE(longer.verify(*parse(text)));
}

}  // namespace
}  // namespace sluice::crypto
