// JSON Web Signature (RFC 7515, appendix A), Ed25519 in JOSE (RFC 8037, appendix A) and JWK
// thumbprints (RFC 7638 §3.1), by the RFCs' own examples.
#include <gtest/gtest.h>

#include <string>

#include "base/json.h"
#include "crypto/jwk_set.h"
#include "crypto/jws.h"

namespace sluice::crypto {
namespace {

Jwk key(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    return Jwk::parse(document->root()).value();
}

struct Example {
    std::string_view name;
    std::string_view key;
    std::string_view text;
    JwsAlgorithm algorithm;
    std::string_view payload;
};

constexpr std::string_view joe =
    "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
constexpr std::string_view a2_key =
    R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPC)"
    R"(JrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-)"
    R"(bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9)"
    R"(kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",)"
    R"("e":"AQAB"})";
constexpr std::string_view a3_key =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
constexpr std::string_view a4_key =
    R"({"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjF)"
    R"(Z6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDl)"
    R"(y79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"})";
constexpr std::string_view rfc8037_key =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";

const Example examples[] = {
    {"RFC 7515 A.2", a2_key,
     "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
     "bS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm"
     "4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6"
     "xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv"
     "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
     JwsAlgorithm::rs256, joe},
    {"RFC 7515 A.3", a3_key,
     "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
     "bS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxf"
     "KTUJqPP3-Kg6NU1Q",
     JwsAlgorithm::es256, joe},
    {"RFC 7515 A.4", a4_key,
     "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-"
     "mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrm"
     "xYbSW9ERBXukOXolLzeO_Jn",
     JwsAlgorithm::es512, "Payload"},
    {"RFC 8037 A.4", rfc8037_key,
     "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvM"
     "g3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
     JwsAlgorithm::eddsa, "Example of Ed25519 signing"},
};

TEST(Rfc7515, TheExamplesVerifyWithTheirKeysAndWithNoOther) {
    for (const Example& example : examples) {
        const auto jws = Jws::parse(example.text, JwsAlgorithms::all());
        ASSERT_TRUE(jws) << example.name << ": " << jws.error().reason;
        EXPECT_EQ(jws->algorithm(), example.algorithm);
        EXPECT_EQ(jws->payload(), example.payload);
        for (const Example& other : examples) {
            EXPECT_EQ(jws->is_signed_by(key(other.key)), &other == &example)
                << example.name << " with the key of " << other.name;
        }
    }
}

TEST(Rfc7515, AChangedExampleDoesNotVerify) {
    for (const Example& example : examples) {
        for (std::size_t i = 0; i < example.text.size(); ++i) {
            std::string changed(example.text);
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            const auto jws = Jws::parse(changed, JwsAlgorithms::all());
            EXPECT_FALSE(jws && jws->is_signed_by(key(example.key))) << example.name << " " << i;
        }
    }
}

TEST(Rfc7515, NoneAndHmacAreNoAlgorithms) {
    // A.1 (HS256) and A.5 (none).
    for (const std::string_view text :
         {"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQ"
          "ogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFO"
          "EjXk",
          "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGx"
          "lLmNvbS9pc19yb290Ijp0cnVlfQ."}) {
        const auto jws = Jws::parse(text, JwsAlgorithms::all());
        ASSERT_FALSE(jws);
        EXPECT_EQ(jws.error().reason, "the alg of the JWT is not one that is accepted here");
    }
}

TEST(Rfc7515, AnyCriticalExtensionIsUnknown) {
    // Appendix E: {"alg":"none","crit":["http://example.invalid/UNDEFINED"],...}, here with ES256.
    const auto jws = Jws::parse("eyJhbGciOiJFUzI1NiIsImNyaXQiOlsiZXhwIl0sImV4cCI6MX0.e30.AA",
                                JwsAlgorithms::all());
    ASSERT_FALSE(jws);
    EXPECT_EQ(jws.error().reason, "the JWT has a critical extension that is unknown");
}

TEST(Rfc7638, ThumbprintsAreThoseOfTheExamples) {
    // §3.1; members that do not count, in another order, change nothing.
    const std::string_view n =
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"
        "BJECP"
        "ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"
        "FDW2QvzqY"
        "368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-"
        "bFTWhAI4vMQFh6WeZu0f"
        "M4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    const std::string json = R"({"kty":"RSA","n":")" + std::string(n) +
                             R"(","e":"AQAB","alg":"RS256","kid":"2011-04-29"})";
    EXPECT_EQ(key(json).thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    EXPECT_EQ(key(rfc8037_key).thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

}  // namespace
}  // namespace sluice::crypto
