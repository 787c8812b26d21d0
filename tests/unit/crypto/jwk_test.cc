// Public keys from JSON: what verifies signatures, and nothing that is weak, private or malformed.
#include "crypto/jwk.h"

#include <gtest/gtest.h>

#include <string>

#include "base/json.h"
#include "crypto/jwk_set.h"
#include "crypto/signing_key.h"

namespace sluice::crypto {
namespace {

JoseResult<Jwk> parse(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    EXPECT_TRUE(document) << json;
    return Jwk::parse(document->root());
}

std::string text_of(const Jwk& key) {
    std::string text;
    JsonWriter json(text);
    key.write(json);
    return text;
}

/// `json` with `member` in front.
std::string with(std::string_view member, std::string_view json) {
    return "{" + std::string(member) + "," + std::string(json.substr(1));
}

constexpr std::string_view p256 =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";

TEST(Jwk, IsWrittenAsItIsRead) {
    for (const JwsAlgorithm algorithm :
         {JwsAlgorithm::es256, JwsAlgorithm::eddsa, JwsAlgorithm::rs256}) {
        const Jwk key = SigningKey::generate(algorithm).public_key();
        const auto again = parse(text_of(key));
        ASSERT_TRUE(again) << again.error().reason;
        EXPECT_EQ(text_of(*again), text_of(key));
        EXPECT_EQ(again->key_id(), key.thumbprint());
        EXPECT_EQ(again->algorithm(), algorithm);
        EXPECT_EQ(text_of(key).find("\"d\""), std::string::npos);
    }
}

TEST(Jwk, IsForTheAlgorithmsOfItsTypeCurveAndAlg) {
    const Jwk any = parse(p256).value();
    EXPECT_TRUE(any.is_for(JwsAlgorithm::es256));
    EXPECT_FALSE(any.is_for(JwsAlgorithm::es384));
    EXPECT_FALSE(any.is_for(JwsAlgorithm::rs256));
    EXPECT_FALSE(any.is_for(JwsAlgorithm::eddsa));
    const Jwk rsa = SigningKey::generate(JwsAlgorithm::rs256).public_key();
    EXPECT_TRUE(rsa.is_for(JwsAlgorithm::rs256));
    EXPECT_FALSE(rsa.is_for(JwsAlgorithm::ps256)) << "its alg is RS256";
    EXPECT_FALSE(parse(with(R"("alg":"ES384")", p256))) << "P-256 cannot be for ES384";
}

TEST(Jwk, OfAnotherUseIsRefused) {
    EXPECT_TRUE(parse(with(R"("use":"sig")", p256)));
    EXPECT_TRUE(parse(with(R"("key_ops":["verify"])", p256)));
    for (const std::string_view member :
         {R"("use":"enc")", R"("use":5)", R"("use":null)", R"("key_ops":["encrypt"])",
          R"("key_ops":"verify")", R"("key_ops":[])", R"("alg":"HS256")", R"("alg":"none")",
          R"("kid":5)"}) {
        EXPECT_FALSE(parse(with(member, p256))) << member;
    }
}

TEST(Jwk, WithPrivateMembersIsRefused) {
    const auto key = parse(with(R"("d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")", p256));
    ASSERT_FALSE(key);
    EXPECT_NE(key.error().reason.find("private"), std::string::npos);
    EXPECT_FALSE(parse(R"({"kty":"oct","k":"AAAA"})"));
}

TEST(Jwk, MalformedIsRefused) {
    for (
        const std::string_view json :
        {R"([])", R"({})", R"({"kty":"EC"})", R"({"kty":5})", R"({"kty":"AKP"})",
         R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"})",
         // a coordinate too short, one that is not base64url, and a point beside the curve
         R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})",
         R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVE=","y":"AA"})",
         R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
         R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5aA"})",
         R"({"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
         R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ"})",
         R"({"kty":"RSA","n":"AQAB"})", R"({"kty":"RSA","n":"","e":"AQAB"})"}) {
        EXPECT_FALSE(parse(json)) << json;
    }
}

TEST(Jwk, OfRsaHasBetween2048And8192BitsAndAnOddExponent) {
    const auto rsa = [](std::size_t bytes, std::string_view e) {
        const std::string n = "v" + std::string(bytes * 4 / 3 - 2, 'A') + "w";  // odd is not needed
        return std::string(R"({"kty":"RSA","n":")") + n + R"(","e":")" + std::string(e) + "\"}";
    };
    EXPECT_FALSE(parse(rsa(129, "AQAB"))) << "1032 bits";
    EXPECT_FALSE(parse(rsa(1032, "AQAB"))) << "8256 bits";
    EXPECT_FALSE(parse(rsa(258, "AQ"))) << "an exponent of 1 signs everything";
    EXPECT_FALSE(parse(rsa(258, "Ag"))) << "an even exponent";
}

TEST(JwkSet, PassesOverWhatItCannotUse) {
    const std::string text = R"({"keys":[{"kty":"AKP","kid":"pq"},5,{"kty":"oct","k":"AAAA"},)" +
                             with(R"("kid":"a")", p256) + "]}";
    const auto set = JwkSet::parse(text);
    ASSERT_TRUE(set) << set.error().reason;
    ASSERT_EQ(set->keys().size(), 1U);
    EXPECT_EQ(set->keys().front().key_id(), "a");
}

TEST(JwkSet, WithAPrivateKeyIsRefusedAsAWhole) {
    const std::string text = R"({"keys":[)" + with(R"("d":"AAAA")", p256) + "]}";
    ASSERT_FALSE(JwkSet::parse(text));
    EXPECT_NE(JwkSet::parse(text).error().reason.find("private key"), std::string::npos);
}

TEST(JwkSet, MalformedIsRefused) {
    for (const std::string_view text :
         {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[],"keys":[]})", "null"}) {
        EXPECT_FALSE(JwkSet::parse(text)) << text;
    }
    EXPECT_TRUE(JwkSet::parse(R"({"keys":[]})")->empty());
    std::string many = R"({"keys":[)" + std::string(p256);
    for (int i = 0; i < 64; ++i) many += "," + std::string(p256);
    EXPECT_FALSE(JwkSet::parse(many + "]}")) << "65 keys";
}

TEST(JwkSet, IsWrittenAsItIsRead) {
    JwkSet set;
    set.insert(SigningKey::generate(JwsAlgorithm::es256).public_key());
    set.insert(SigningKey::generate(JwsAlgorithm::eddsa).public_key());
    const auto again = JwkSet::parse(set.text());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->text(), set.text());
}

}  // namespace
}  // namespace sluice::crypto
