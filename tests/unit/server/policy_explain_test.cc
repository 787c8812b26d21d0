// What `sluice policy explain` tells of a request.
#include "server/policy_explain.h"

#include <gtest/gtest.h>

#include "tests/unit/resource/support.h"

namespace sluice::server {
namespace {

using resource::RuleAction;

std::string explained(const ExplainCommand& command, std::string_view arguments) {
    resource::ResourceSettings settings = resource::notes();
    settings.rules = {{.match = "write_.*",
                       .scopes = resource::scopes("mcp:write"),
                       .when = {{.attribute = "user.department", .any_of = {"engineering"}},
                                {.attribute = "args.path", .match = "/public/.*"}}},
                      {.match = "delete_.*", .scopes = {}, .action = RuleAction::deny}};
    oauth::Settings auth;
    auth.users.push_back({.username = "alice",
                          .password_hash = crypto::PasswordHash::of_nobody(),
                          .name = "Alice",
                          .attributes = {{"department", "engineering"}}});
    const auto document = JsonDocument::parse(arguments).value();
    return explain(settings, &auth, command, document.root());
}

TEST(PolicyExplain, TellsWhichRuleDecides) {
    EXPECT_EQ(explained({.user = "alice", .client = "c", .object = "write_note"},
                        R"({"path":"/public/a"})"),
              "allowed: rule 1 decides\n"
              "  1. allow tools/call \"write_.*\": applies; user.department: yes; args.path: yes\n"
              "  2. deny tools/call \"delete_.*\": does not name it\n"
              "  default: allow\n");
    EXPECT_TRUE(explained({.client = "c", .object = "delete_note"}, "{}")
                    .starts_with("access_denied: rule 2 decides\n"));
}

TEST(PolicyExplain, TellsWhyNoRuleApplies) {
    const std::string text = explained({.user = "alice", .client = "c", .object = "write_note"},
                                       R"({"path":"/etc/passwd"})");
    EXPECT_TRUE(
        text.starts_with("access_denied: no rule applies, and the conditions of those that "
                         "name it are not met\n"))
        << text;
    EXPECT_NE(text.find("does not apply; user.department: yes; args.path: no"), std::string::npos);
}

TEST(PolicyExplain, TellsWhichScopesAreLacking) {
    const std::string text =
        explained({.user = "alice", .client = "c", .scope = "mcp:read", .object = "write_note"},
                  R"({"path":"/public/a"})");
    EXPECT_TRUE(
        text.starts_with("insufficient_scope: rule 1 decides, and it needs mcp:read mcp:write\n"))
        << text;
}

TEST(PolicyExplain, SaysThatItDoesNotKnowAUserWhoIsNotInTheFile) {
    const std::string text = explained({.user = "bob", .client = "c", .object = "write_note"},
                                       R"({"path":"/public/a"})");
    EXPECT_NE(text.find("user.department: unknown"), std::string::npos) << text;
    EXPECT_NE(text.find("The user is not in the configuration"), std::string::npos);
}

}  // namespace
}  // namespace sluice::server
