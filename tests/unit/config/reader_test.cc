// Reading: types, units, unknown keys, and where each problem is said to be.
#include <fstream>
#include <sstream>

#include "tests/unit/config/support.h"

namespace sluice::config::testing {
namespace {

TEST(ConfigReader, TakesTheSmallestText) {
    EXPECT_EQ(problems_of(valid_toml), "");
}

TEST(ConfigReader, NamesLineKeyAndRemedyOfAProblem) {
    EXPECT_EQ(problems_of(with("[auth]", "registration = \"shut\"")),
              "t:4: auth.registration: \"shut\" is not one of open, token, closed\n");
}

TEST(ConfigReader, CountsTheElementsOfAListFromZero) {
    expect_problem(
        followed_by(
            "[[auth.client]]\nclient_id = \"a\"\nredirect_uris = [\"https://a.example/\"]\n"
            "[[auth.client]]\nclient_id = \"b\"\nredirect_uris = [\n\"https://b.example/\",\n"
            "\"ftp//x\"]\n"),
        "18: auth.client[1].redirect_uris[1]", "absolute");
}

TEST(ConfigReader, PutsAMissingKeyAtItsTable) {
    expect_problem(followed_by("\n[[resource]]\npath = \"/two\"\n"), "12: resource[1].upstream",
                   "is missing");
}

TEST(ConfigReader, ReportsElevenMistakesInTheOrderOfTheirLines) {
    const std::string problems = problems_of(R"([server]
public_url = "http://box.example"
cores = "two"
drain_timeout = "10"
max_body = "4MB"
trusted_proxies = ["10.0.0.1/8"]
[auth]
defaultscope = "read"
default_scope = "red"
code_ttl = "1h"
[auth.scopes]
read = "Read notes"
[[auth.client]]
client_id = "c"
auth_method = "secret"
grant_types = []
[[resource]]
path = "mcp"
upstream = "http://127.0.0.1:9000/mcp"
[[resource.tool]]
match = "(unclosed"
)");
    std::istringstream lines(problems);
    std::string line;
    std::vector<std::string> places;
    while (std::getline(lines, line)) places.push_back(line.substr(0, line.find(": ", 5)));
    EXPECT_EQ(
        places,
        (std::vector<std::string>{
            "t:2: server.public_url", "t:3: server.cores", "t:4: server.drain_timeout",
            "t:5: server.max_body", "t:6: server.trusted_proxies[0]", "t:8: auth.defaultscope",
            "t:9: auth.default_scope", "t:10: auth.code_ttl", "t:15: auth.client[0].auth_method",
            "t:18: resource[0].path", "t:21: resource[0].tool[0].match"}))
        << problems;
}

TEST(ConfigReader, GuessesWhatAnUnknownKeyWasMeantToBe) {
    expect_problem(with("[auth]", "acces_token_ttl = \"1h\""), "4: auth.acces_token_ttl",
                   "did you mean access_token_ttl?");
    expect_problem(followed_by("[sever]\n"), "11: sever", "did you mean server?");
}

TEST(ConfigReader, ListsTheKeysWhereNoneIsNear) {
    expect_problem(followed_by("[log]\nzzz = 1\n"), "12: log.zzz",
                   "the keys here are level, format");
}

TEST(ConfigReader, FindsUnknownKeysInEveryKindOfTable) {
    expect_problem(with("[auth]", "rate_limit = { request = 5 }"), "4: auth.rate_limit.request",
                   "did you mean requests?");
    expect_problem(followed_by("[[resource.tool]]\nmatch = \"a\"\nscope = [\"read\"]\n"),
                   "13: resource[0].tool[0].scope", "did you mean scopes?");
    expect_problem(
        followed_by("[resource.friction.tools.\"a.b\"]\ntarget_rate = 0.1\nmincost = 1\n"),
        "13: resource[0].friction.tools.\"a.b\".mincost", "did you mean min_cost?");
}

TEST(ConfigReader, TellsWhichTypeAKeyHas) {
    expect_problem(with("[server]", "cores = 1.5"), "2: server.cores", "whole number");
    expect_problem(with("[server]", "insecure_http = \"yes\""), "2: server.insecure_http",
                   "true or false");
    expect_problem(with("[server]", "listen = \"127.0.0.1:1\""), "2: server.listen", "a list");
    expect_problem(with("[server]", "allowed_origins = [1]"), "2: server.allowed_origins[0]",
                   "string");
    expect_problem(with("[auth]", "issuer = 5"), "4: auth.issuer", "string in quotes");
    expect_problem(with("[auth]", "code_ttl = 60"), "4: auth.code_ttl", "duration");
    expect_problem(with("[server]", "max_body = 1000"), "2: server.max_body", "size");
    expect_problem(followed_by("[resource.friction]\nema_alpha = \"0.1\"\n"),
                   "12: resource[0].friction.ema_alpha", "a number");
    expect_problem(followed_by("[resource.friction]\nema_alpha = nan\n"),
                   "12: resource[0].friction.ema_alpha", "a number");
    expect_problem(followed_by("[resource.friction]\ndefault_budget = \"much\"\n"),
                   "12: resource[0].friction.default_budget", "\"inf\"");
}

TEST(ConfigReader, TellsOneTableFromMany) {
    expect_problem(replaced("[[resource]]", "[resource]"), "8: resource", "[[resource]]");
    expect_problem(replaced("[server]", "[[server]]"), "1: server", "is written [server]");
    expect_problem(followed_by("[auth.client]\nclient_id = \"a\"\n"), "11: auth.client",
                   "[[auth.client]]");
    expect_problem(with("[auth]", "rate_limit = 5"), "4: auth.rate_limit", "[auth.rate_limit]");
}

TEST(ConfigReader, AnUnreadableValueIsNotJudgedASecondTime) {
    expect_problem(replaced("default_scope = \"read\"", "default_scope = [\"read\"]"),
                   "4: auth.default_scope", "string");
}

TEST(ConfigReader, ATextThatIsNoTomlGivesTheLine) {
    expect_problem("[server]\npublic_url = https://box.example\n", "2",
                   "the file is not valid TOML");
    expect_problem("[log]\nlevel = \"info\"\nlevel = \"info\"\n", "3", "level");
}

TEST(ConfigReader, ASyntaxErrorRepeatsNoSecret) {
    for (const char* secret :
         {"hunter2hunter2hunter2", "12345678901234567890123", "true-blue-secret"}) {
        const std::string problems =
            problems_of("[[auth.user]]\npassword = " + std::string(secret) + "\n");
        EXPECT_TRUE(problems.contains("not valid TOML"));
        EXPECT_FALSE(problems.contains(std::string(secret).substr(0, 8)));
    }
}

TEST(ConfigReader, KeepsTheOrderThatTheFileHasForNamedThings) {
    const Config config = config_of(replaced("read = \"Read notes\"\nwrite = \"Change notes\"",
                                             "write = \"Change notes\"\nread = \"Read notes\""));
    ASSERT_EQ(config.auth()->scopes.size(), 2U);
    EXPECT_EQ(config.auth()->scopes[0].name, "write");
    EXPECT_EQ(config.auth()->scopes[1].description, "Read notes");
}

TEST(ConfigReader, AnEmptyFileServesNothing) {
    EXPECT_EQ(problems_of(""), "t: nothing to serve: it has neither [auth] nor a [[resource]]\n");
}

TEST(ConfigReader, AMissingFileIsOneProblemWithoutALine) {
    const auto config = load_config("/nonexistent/sluice.toml");
    ASSERT_FALSE(config);
    ASSERT_EQ(config.error().size(), 1U);
    EXPECT_EQ(format_problem("f", config.error()[0]).substr(0, 9), "f: the fi");
}

TEST(ConfigReader, AFolderIsNoFile) {
    EXPECT_FALSE(load_config("/"));
}

}  // namespace
}  // namespace sluice::config::testing
