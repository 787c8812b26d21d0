// The rules of [admin].
#include "tests/unit/config/support.h"

namespace sluice::config::testing {
namespace {

const std::string an_operator = "[[admin.operator]]\nname = \"olga\"\npassword = \"p\"\n";

// Line 11 is [admin], `lines` begin at 12.
std::string admin(const std::string& lines) {
    return followed_by("[admin]\n" + lines);
}

TEST(ConfigAdmin, IsAbsentUnlessWritten) {
    EXPECT_FALSE(config_of(valid_toml).admin().has_value());
}

TEST(ConfigAdmin, ListensOnLoopbackByDefault) {
    const Config config = config_of(admin(an_operator));
    ASSERT_EQ(config.admin()->listen.size(), 1U);
    EXPECT_EQ(config.admin()->listen[0].text(), "127.0.0.1:9090");
    EXPECT_EQ(config.admin()->operators.at(0).name, "olga");
}

TEST(ConfigAdmin, IsNotReachedFromElsewhereInPlainText) {
    const std::string open = "listen = [\"0.0.0.0:9090\"]\n" + an_operator;
    expect_problem(admin(open), "12: admin.listen[0]", "plain text");
    const Config config =
        config_of(admin("listen = [\"[::1]:9090\", \"unix:/a/b\"]\n" + an_operator));
    EXPECT_EQ(config.admin()->listen.size(), 2U);
}

TEST(ConfigAdmin, NeedsSomebodyWhoMaySignIn) {
    expect_problem(admin("session_ttl = \"1h\"\n"), "11: admin", "[[admin.operator]]");
    expect_problem(admin("[[admin.operator]]\nname = \"olga\"\n"),
                   "12: admin.operator[0].password_hash", "sluice hash-password");
    expect_problem(admin(an_operator + an_operator), "16: admin.operator[1].name", "olga");
}

TEST(ConfigAdmin, HasThePublicHostAndThoseOfAProxyInFront) {
    const Config config = config_of(admin("hosts = [\"admin.example.com\"]\n" + an_operator));
    EXPECT_EQ(config.admin()->hosts,
              (std::vector<std::string>{"box.example", "admin.example.com"}));
    expect_problem(admin("hosts = [\"admin.example.com:443\"]\n" + an_operator),
                   "12: admin.hosts[0]", "without port");
}

}  // namespace
}  // namespace sluice::config::testing
