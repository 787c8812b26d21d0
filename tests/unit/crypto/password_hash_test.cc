// PBKDF2-HMAC-SHA256 (RFC 7914 §11) and the password hashes made of it.
#include "crypto/password_hash.h"

#include <gtest/gtest.h>
#include <time.h>

#include <array>
#include <string>

#include "tests/unit/crypto/hex.h"

namespace sluice::crypto {
namespace {

constexpr std::string_view of_correct_horse =
    "$pbkdf2-sha256$i=600000$MDEyMzQ1Njc4OWFiY2RlZg$kYKAg/dg7WC7VQ4k8+iaopu8snxCGdA0xMTwPC5tudk";

std::string with_iterations(std::string_view iterations) {
    std::string text(of_correct_horse);
    return text.replace(text.find("600000"), 6, iterations);
}

TEST(Pbkdf2, GivesTheKeysOfRfc7914) {
    std::array<std::byte, 64> key;
    pbkdf2_hmac_sha256("passwd", "salt", 1, key);
    EXPECT_EQ(hex(key),
              "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
              "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
    pbkdf2_hmac_sha256("Password", "NaCl", 80000, key);
    EXPECT_EQ(hex(key),
              "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
              "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d");
}

TEST(PasswordHash, VerifiesTheHashThatAnotherImplementationMade) {
    const auto hash = PasswordHash::parse(of_correct_horse);
    ASSERT_TRUE(hash);
    EXPECT_EQ(hash->text(), of_correct_horse);
    EXPECT_TRUE(hash->verify("correct horse"));
    EXPECT_FALSE(hash->verify("correct horsf"));
}

TEST(PasswordHash, SurvivesItsTextForm) {
    SystemRandom random;
    const PasswordHash made = PasswordHash::make("", random);
    const auto read = PasswordHash::parse(made.text());
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->verify(""));
    EXPECT_FALSE(read->verify(" "));
}

TEST(PasswordHash, SaltsEachPasswordAnew) {
    SystemRandom random;
    EXPECT_NE(PasswordHash::make("same", random).text(), PasswordHash::make("same", random).text());
}

TEST(PasswordHash, OfAKnownPasswordVerifiesThatOneAlone) {
    const PasswordHash hash = PasswordHash::of_known("correct horse");
    EXPECT_TRUE(hash.verify("correct horse"));
    EXPECT_FALSE(hash.verify("correct horsf"));
    EXPECT_FALSE(hash.verify(""));
}

double cpu_seconds(const auto& act) {
    timespec before{};
    timespec after{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    act();
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    return static_cast<double>(after.tv_sec - before.tv_sec) +
           static_cast<double>(after.tv_nsec - before.tv_nsec) / 1e9;
}

TEST(PasswordHash, TimeDoesNotTellAKnownPasswordFromAHashNorFromNobody) {
    const auto known = PasswordHash::of_known("correct horse");
    const auto hash = PasswordHash::parse(of_correct_horse);
    const double reference = cpu_seconds([&] { static_cast<void>(hash->verify("guess")); });
    EXPECT_NEAR(cpu_seconds([&] { static_cast<void>(known.verify("guess")); }) / reference, 1, 0.5);
    const auto nobody = PasswordHash::of_nobody();
    const double as_nobody = cpu_seconds([&] { static_cast<void>(nobody.verify("guess")); });
    EXPECT_NEAR(as_nobody / reference, 1, 0.5);
    const double making = cpu_seconds([&] { PasswordHash::of_known("correct horse"); });
    EXPECT_LT(making, reference / 10) << "the control: what is made at the start is cheap";
}

TEST(PasswordHash, CostsWhatTheStrongestHashCosts) {
    const auto hash = PasswordHash::parse(of_correct_horse).value();
    const double own = cpu_seconds([&] { EXPECT_FALSE(hash.verify("wrong")); });
    const double padded =
        cpu_seconds([&] { EXPECT_TRUE(hash.verify("correct horse", 4 * hash.iterations())); });
    // Four times as many iterations; other work on the machine may make it seem less.
    EXPECT_GT(padded, 2 * own);
}

TEST(PasswordHash, OfNobodyVerifiesNoPassword) {
    EXPECT_FALSE(PasswordHash::of_nobody().verify(""));
    EXPECT_FALSE(PasswordHash::of_nobody().verify("password"));
}

TEST(PasswordHash, RefusesIterationsOutsideOfTheLimits) {
    EXPECT_TRUE(PasswordHash::parse(with_iterations("600000")));
    EXPECT_TRUE(PasswordHash::parse(with_iterations("10000000")));
    for (const std::string_view iterations : {"599999", "10000001", "0", "-600000", "600000.0",
                                              "0x927c0", "", "99999999999999999999"}) {
        EXPECT_FALSE(PasswordHash::parse(with_iterations(iterations))) << iterations;
    }
}

TEST(PasswordHash, RefusesATextOfAnotherForm) {
    ASSERT_TRUE(PasswordHash::parse(of_correct_horse));
    const std::string text(of_correct_horse);
    EXPECT_FALSE(PasswordHash::parse(""));
    EXPECT_FALSE(PasswordHash::parse("correct horse"));
    EXPECT_FALSE(PasswordHash::parse(text.substr(1)));
    EXPECT_FALSE(PasswordHash::parse("$pbkdf2-sha512" + text.substr(14)));
    EXPECT_FALSE(PasswordHash::parse(text.substr(0, text.size() - 4))) << "a shorter hash";
    EXPECT_FALSE(PasswordHash::parse(text + "$")) << "a further part";
    EXPECT_FALSE(PasswordHash::parse(text + "=")) << "padding";
    EXPECT_FALSE(PasswordHash::parse(text.substr(0, text.rfind('$')))) << "no hash";
    EXPECT_FALSE(PasswordHash::parse("$pbkdf2-sha256$i=600000$MDEy" + text.substr(text.rfind('$'))))
        << "a salt of three bytes";
}

}  // namespace
}  // namespace sluice::crypto
