#include "config/summary.h"

#include "tests/unit/config/support.h"

namespace sluice::config::testing {
namespace {

TEST(Summary, TellsWhatIsServedAndNoSecret) {
    const Config config = config_of(followed_by(R"([[resource.tool]]
match = ".*"
[[auth.user]]
username = "alice"
password = "correct horse"
[[auth.client]]
client_id = "rs"
auth_method = "client_secret_basic"
client_secret = "0123456789abcdef"
grant_types = []
)"));
    EXPECT_EQ(
        summarise(config),
        "  listens on 127.0.0.1:8080, reached at https://box.example\n"
        "  keeps everything in /etc/sluice.db (SQLite), its key in /etc/sluice.db.key\n"
        "  authorization server https://box.example: 2 scopes, 1 user, 1 client, registration "
        "open\n"
        "  resource https://box.example/mcp -> http://127.0.0.1:9000/mcp: tokens verified here, "
        "1 access rule, no friction\n");
}

TEST(Summary, TellsOfFrictionThatIsHardlyMeant) {
    const auto summary = [](std::string_view threshold) {
        return summarise(config_of(
            followed_by("[resource.friction.tools.t]\ntarget_rate = 0.1\nhard_block_threshold = " +
                        std::string(threshold) + "\n")));
    };
    EXPECT_FALSE(summary("0.9").contains("warning"));
    EXPECT_TRUE(summary("0.3").contains("warning: friction.tools.t.")) << summary("0.3");
}

}  // namespace
}  // namespace sluice::config::testing
