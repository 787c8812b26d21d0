// Which keys a second reading of a configuration changes.
#include "config/config_changes.h"

#include "tests/unit/config/support.h"

namespace sluice::config::testing {
namespace {

using Keys = std::vector<std::string>;

Keys between(const std::string& before, const std::string& after) {
    return changed_keys(config_of(before).raw(), config_of(after).raw());
}

TEST(ConfigChanges, AreNoneWhereOnlyTheFileLooksOtherwise) {
    const std::string plain(valid_toml);
    EXPECT_EQ(between(plain, plain), Keys{});
    EXPECT_EQ(between(plain, "# A comment.\n\n" + plain), Keys{});
    EXPECT_EQ(between(plain, with("[auth]", "access_token_ttl = \"1h\"")), Keys{});
}

TEST(ConfigChanges, NameTheKeysThatSaySomethingElse) {
    EXPECT_EQ(between(std::string(valid_toml), with("[auth]", "access_token_ttl = \"2h\"")),
              Keys{"auth.access_token_ttl"});
    EXPECT_EQ(between(std::string(valid_toml), with("[auth]", "remember_consent = true")),
              Keys{"auth.remember_consent"});
    EXPECT_EQ(between(followed_by("required_scopes = [\"read\"]\n"),
                      followed_by("required_scopes = [\"write\"]\n")),
              Keys{"resource[0].required_scopes"});
}

TEST(ConfigChanges, NameARightThatIsBoundToOtherResources) {
    const auto with_right = [](std::string_view right) {
        return followed_by(
            "[[auth.api_key]]\nname = \"k\"\nkey = \"0123456789abcdef\"\nintrospect = " +
            std::string(right) + "\n");
    };
    const Keys changed{"auth.api_key[0].introspect"};
    EXPECT_EQ(between(with_right("true"), with_right("true")), Keys{});
    EXPECT_EQ(between(with_right("true"), with_right("[\"/mcp\"]")), changed);
    EXPECT_EQ(between(with_right("false"), with_right("[\"/mcp\"]")), changed);
}

TEST(ConfigChanges, NameEveryKeyOfATableThatComes) {
    const auto user = followed_by("[[auth.user]]\nusername = \"a\"\npassword = \"p\"\n");
    const Keys changed = between(std::string(valid_toml), user);
    EXPECT_NE(std::ranges::find(changed, "auth.user[0].username"), changed.end());
    EXPECT_NE(std::ranges::find(changed, "auth.user[0].password"), changed.end());
    EXPECT_EQ(between(user, std::string(valid_toml)), changed);
}

}  // namespace
}  // namespace sluice::config::testing
