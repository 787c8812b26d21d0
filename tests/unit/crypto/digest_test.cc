// SHA-256 (FIPS 180-4 examples), HMAC-SHA256 (RFC 4231 §4) and comparison in constant time.
#include "crypto/digest.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/crypto/hex.h"

namespace sluice::crypto {
namespace {

TEST(Sha256, GivesTheDigestsOfFips180) {
    EXPECT_EQ(hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(HmacSha256, GivesTheCodesOfRfc4231) {
    EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hex(hmac_sha256(std::string(20, '\xaa'), std::string(50, '\xdd'))),
              "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
}

TEST(HmacSha256, HashesAKeyThatIsLongerThanABlock) {
    EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'),
                              "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(ConstantTimeEqual, SaysTheSameAsEquality) {
    EXPECT_TRUE(constant_time_equal("secret", "secret"));
    EXPECT_TRUE(constant_time_equal("", ""));
    EXPECT_FALSE(constant_time_equal("secret", "secreT"));
    EXPECT_FALSE(constant_time_equal("secret", "Secret"));
    EXPECT_FALSE(constant_time_equal("secret", "secret "));
    EXPECT_FALSE(constant_time_equal("", "s"));
    EXPECT_TRUE(constant_time_equal(sha256("a"), sha256("a")));
    EXPECT_FALSE(constant_time_equal(sha256("a"), sha256("b")));
}

TEST(DigestHash, DiffersForDigestsThatDiffer) {
    EXPECT_EQ(DigestHash{}(sha256("a")), DigestHash{}(sha256("a")));
    EXPECT_NE(DigestHash{}(sha256("a")), DigestHash{}(sha256("b")));
}

}  // namespace
}  // namespace sluice::crypto
