// Sealed texts open for whoever made them, unchanged and in their place, and for nobody else.
#include "crypto/seal.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/base64url.h"
#include "tests/unit/crypto/hex.h"

namespace sluice::crypto {
namespace {

class Seal : public testing::Test {
protected:
    SystemRandom random_;
    SealKey key_ = SealKey::generate(random_);
};

TEST_F(Seal, OpensWithTheSameKeyAndPlace) {
    for (const std::string& text : {std::string(), std::string("state=1"), std::string(5000, 'x'),
                                    std::string("\0\xff", 2)}) {
        EXPECT_EQ(open_sealed(key_, seal(key_, text, "login form", random_), "login form"), text);
    }
}

TEST_F(Seal, DoesNotOpenWithAnotherKey) {
    const std::string sealed = seal(key_, "text", "here", random_);
    ASSERT_TRUE(open_sealed(key_, sealed, "here"));
    EXPECT_FALSE(open_sealed(SealKey::generate(random_), sealed, "here"));
}

TEST_F(Seal, DoesNotOpenInAnotherPlace) {
    const std::string sealed = seal(key_, "text", "here", random_);
    ASSERT_TRUE(open_sealed(key_, sealed, "here"));
    EXPECT_FALSE(open_sealed(key_, sealed, "there"));
    EXPECT_FALSE(open_sealed(key_, sealed, ""));
}

TEST_F(Seal, DoesNotOpenOnceAnyCharacterIsChanged) {
    const std::string sealed = seal(key_, "text", "here", random_);
    ASSERT_TRUE(open_sealed(key_, sealed, "here"));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(open_sealed(key_, changed, "here")) << i;
        EXPECT_FALSE(open_sealed(key_, sealed.substr(0, i), "here")) << i;
    }
    EXPECT_FALSE(open_sealed(key_, sealed + "A", "here"));
}

TEST_F(Seal, HidesTheTextAndNeverRepeatsItself) {
    const std::string sealed = seal(key_, "alice@example.com", "", random_);
    EXPECT_EQ(decode_base64url(sealed)->find("alice"), std::string::npos);
    EXPECT_NE(sealed, seal(key_, "alice@example.com", "", random_));
}

TEST(SealKey, OfOneSecretDiffersForEachPurpose) {
    const std::string secret(32, 's');
    EXPECT_EQ(SealKey::derive(secret, "forms").reveal(), SealKey::derive(secret, "forms").reveal());
    EXPECT_NE(SealKey::derive(secret, "forms").reveal(), SealKey::derive(secret, "keys").reveal());
    EXPECT_NE(SealKey::derive(secret, "forms").reveal(),
              SealKey::derive(std::string(32, 't'), "forms").reveal());
}

TEST(SealKey, IsDerivedByHkdfAsRfc5869HasIt) {
    // Appendix A.3: no salt, no info; the first 32 bytes of the output.
    const SealKey key = SealKey::derive(std::string(22, '\x0b'), "");
    EXPECT_EQ(hex(std::as_bytes(std::span(key.reveal()))),
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

}  // namespace
}  // namespace sluice::crypto
