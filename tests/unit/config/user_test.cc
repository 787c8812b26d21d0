// The rules of [[auth.user]].
#include "tests/unit/config/support.h"

namespace sluice::config::testing {
namespace {

constexpr std::string_view hash =
    "$pbkdf2-sha256$i=600000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

// Line 11 is [[auth.user]], `lines` begin at 12.
std::string user(std::string_view lines) {
    return followed_by("[[auth.user]]\n" + std::string(lines) + '\n');
}

TEST(ConfigUser, HasAPasswordOrItsHash) {
    const Config config = config_of(user("username = \"alice\"\npassword = \"correct horse\""));
    EXPECT_TRUE(config.auth()->users.at(0).password_hash.verify("correct horse"));
    EXPECT_FALSE(config.auth()->users.at(0).password_hash.verify("correct"));
    EXPECT_EQ(config.auth()->users.at(0).name, "alice");
    const Config hashed =
        config_of(user("username = \"bob\"\npassword_hash = \"" + std::string(hash) + "\""));
    EXPECT_EQ(hashed.auth()->users.at(0).password_hash.text(), hash);
}

TEST(ConfigUser, NeedsOneOfThem) {
    expect_problem(user("username = \"a\""), "11: auth.user[0].password_hash",
                   "sluice hash-password");
    expect_problem(user("username = \"a\"\npassword = \"\""), "13: auth.user[0].password",
                   "is empty");
    expect_problem(
        user("username = \"a\"\npassword = \"p\"\npassword_hash = \"" + std::string(hash) + "\""),
        "14: auth.user[0].password_hash", "keep one");
}

TEST(ConfigUser, HashIsOneThatWeCanVerify) {
    expect_problem(user("username = \"a\"\npassword_hash = \"$2b$12$abc\""),
                   "13: auth.user[0].password_hash", "is not a password hash");
}

TEST(ConfigUser, NameIsNeededAndGivenOnce) {
    expect_problem(user("password = \"p\""), "11: auth.user[0].username", "is missing");
    expect_problem(user("username = \"a\"\npassword = \"p\"\n[[auth.user]]\nusername = "
                        "\"a\"\npassword = \"q\""),
                   "15: auth.user[1].username", "is already the username of line 12");
}

TEST(ConfigUser, NameIsNoClientId) {
    expect_problem(user("username = \"same\"\npassword = \"p\"\n[[auth.client]]\n"
                        "client_id = \"same\"\nredirect_uris = [\"https://a.example/cb\"]"),
                   "15: auth.client[0].client_id", "is already the username of line 12");
}

TEST(ConfigUser, AttributesAreTexts) {
    const Config config = config_of(user(
        "username = \"a\"\npassword = \"p\"\nattributes = { team = \"x\", department = \"y\" }"));
    const auto& attributes = config.auth()->users[0].attributes;
    ASSERT_EQ(attributes.size(), 2U);
    EXPECT_EQ(attributes[0].name, "team");
    EXPECT_EQ(attributes[0].value, "x");
    expect_problem(user("username = \"a\"\npassword = \"p\"\nattributes = { level = 3 }"),
                   "14: auth.user[0].attributes.level", "string in quotes");
}

}  // namespace
}  // namespace sluice::config::testing
