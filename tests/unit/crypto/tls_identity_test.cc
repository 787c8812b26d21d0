#include "crypto/tls_identity.h"

#include "tests/unit/crypto/tls_support.h"

namespace sluice::crypto {
namespace {

using Part = TlsIdentityError::Part;

TlsIdentityError error_of(std::string_view certificate, std::string_view key) {
    const auto identity = TlsIdentity::parse(certificate, Secret(std::string(key)));
    EXPECT_FALSE(identity.has_value());
    return identity ? TlsIdentityError{} : identity.error();
}

TEST(TlsIdentity, TakesEcAndRsaKeysAndTellsNamesAndTimes) {
    for (const bool rsa : {false, true}) {
        const TlsIdentity identity = identity_of(
            make_certificate({.names = {"A.example", "*.b.example", "10.0.0.1"}, .rsa = rsa}));
        EXPECT_EQ(identity.names(), (std::vector<std::string>{"a.example", "*.b.example"}));
        EXPECT_EQ(identity.valid_until() - identity.valid_from(), Seconds{86400});
    }
}

TEST(TlsIdentity, AWildcardStandsForOneLabel) {
    const TlsIdentity identity = identity_of(make_certificate({.names = {"*.b.example", "c.d"}}));
    EXPECT_TRUE(identity.covers("x.b.example"));
    EXPECT_TRUE(identity.covers("c.d"));
    EXPECT_FALSE(identity.covers("b.example"));
    EXPECT_FALSE(identity.covers(".b.example"));
    EXPECT_FALSE(identity.covers("y.x.b.example"));
    EXPECT_FALSE(identity.covers("*.d"));
    EXPECT_FALSE(identity.covers(""));
}

TEST(TlsIdentity, TellsWhatIsWrongWithEachPart) {
    const Pem good = make_certificate();
    const Pem other = make_certificate();
    EXPECT_EQ(error_of("", good.key).part, Part::certificate);
    EXPECT_TRUE(error_of("", good.key).text.starts_with("There is no certificate in it"));
    EXPECT_TRUE(error_of(good.key, good.key).text.starts_with("There is no certificate in it"));
    EXPECT_TRUE(error_of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", good.key)
                    .text.starts_with("The certificate is malformed"));
    EXPECT_EQ(error_of(good.certificate, "").part, Part::key);
    EXPECT_TRUE(error_of(good.certificate, "").text.starts_with("There is no private key in it"));
    EXPECT_TRUE(
        error_of(good.certificate, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
            .text.starts_with("The private key is malformed"));
    EXPECT_TRUE(
        error_of(good.certificate, other.key).text.starts_with("The private key does not match"));
}

TEST(TlsIdentity, RefusesAnEncryptedKeyWithoutAskingForItsPassword) {
    const Pem good = make_certificate();
    const TlsIdentityError error =
        error_of(good.certificate,
                 "-----BEGIN EC PRIVATE KEY-----\n"
                 "Proc-Type: 4,ENCRYPTED\n"
                 "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n"
                 "\n"
                 "AAAAAAAAAAAAAAAAAAAAAA==\n"
                 "-----END EC PRIVATE KEY-----\n");
    EXPECT_EQ(error.part, Part::key);
    EXPECT_TRUE(error.text.starts_with("The private key is encrypted")) << error.text;
}

TEST(TlsIdentity, RefusesAWeakRsaKey) {
    const Pem weak = make_certificate({.rsa = true, .rsa_bits = 1024});
    EXPECT_EQ(error_of(weak.certificate, weak.key).text, "The RSA key is shorter than 2048 bits.");
}

TEST(TlsIdentity, SaysWhenAnIntermediateIsBroken) {
    const Pem good = make_certificate();
    const std::string chain =
        good.certificate + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    EXPECT_EQ(error_of(chain, good.key).text, "A certificate after the first is malformed.");
    EXPECT_TRUE(TlsIdentity::parse(good.certificate + good.certificate, Secret(good.key)));
}

}  // namespace
}  // namespace sluice::crypto
