// What fits together, what does not, and what the mistake is called.
#include "loadgen/command_line.h"

#include <gtest/gtest.h>

namespace sluice::loadgen {
namespace {

using Words = std::vector<std::string>;

Settings settings_of(const Words& words) {
    auto command = read_command_line(words);
    EXPECT_TRUE(command.has_value()) << (command ? "" : command.error().text);
    return command ? std::get<Settings>(*command) : Settings{};
}

std::string mistake_in(const Words& words) {
    const auto command = read_command_line(words);
    if (command) return "none";
    EXPECT_EQ(command.error().status, 2);
    return command.error().text;
}

TEST(CommandLine, ReadsARunOfOneScenario) {
    const Settings settings = settings_of({"introspect",   "http://127.0.0.1:8080",
                                           "--client",     "conf:a:b",
                                           "--caller",     "rs:c",
                                           "--tokens",     "1M",
                                           "-c",           "100",
                                           "-t",           "2",
                                           "--rate",       "50k",
                                           "-d",           "30s",
                                           "--cpu",        "1,2",
                                           "--max-errors", "0.5%",
                                           "-H",           "X-A:  b ",
                                           "--expect",     "yes"});
    EXPECT_EQ(settings.scenario, ScenarioKind::introspect);
    EXPECT_EQ(settings.oauth.client.secret, "a:b");
    EXPECT_EQ(settings.oauth.caller->id, "rs");
    EXPECT_EQ(settings.oauth.tokens, 1'000'000U);
    EXPECT_EQ(settings.rate, 50'000);
    EXPECT_EQ(settings.duration, std::chrono::seconds{30});
    EXPECT_EQ(settings.cores, (std::vector<unsigned>{1, 2}));
    EXPECT_TRUE(settings.errors_max_is_share);
    EXPECT_DOUBLE_EQ(settings.errors_max, 0.005);
    EXPECT_EQ(settings.request.fields[0].second, "b");
}

TEST(CommandLine, NamesTheMistake) {
    const std::string url = "http://127.0.0.1:1";
    const std::pair<Words, std::string> wrong[] = {
        {{}, "a scenario and a URL"},
        {{"get"}, "a scenario and a URL"},
        {{"gte", url}, "no scenario 'gte'"},
        {{"get", "127.0.0.1:1"}, "no http or https URL"},
        {{"get", url, "--rate", "fast"}, "--rate"},
        {{"get", url, "--rate", "0"}, "--rate"},
        {{"get", url, "-d", "soon"}, "--duration"},
        {{"get", url, "-d", "0s"}, "--duration"},
        {{"get", url, "-c", "0"}, "--connections"},
        {{"get", url, "-c", "2", "-t", "3"}, "every thread"},
        {{"get", url, "-H", "no colon"}, "--header"},
        {{"get", url, "-H", "a: b\r\nc: d"}, "--header"},
        {{"get", url, "--nonsense"}, "--nonsense"},
        {{"get", url, "--mix", "token=1"}, "--mix"},
        {{"get", url, "--compare", "a.json"}, "--html"},
        {{"get", url, "-p", "4", "--new-connections"}, "--pipeline"},
        {{"get", url, "--cpu", "x"}, "--cpu"},
        {{"token", url}, "--client"},
        {{"token", url, "--client", "id"}, "--client"},
        {{"introspect", url, "--token-file", "f"}, "--caller"},
        {{"refresh", url}, "--user"},
        {{"mix", url, "--mix", "token=1,refresh=1", "--client", "a:b"}, "--user"},
        {{"tools-call", url, "--client", "a:b", "--arguments", "{"}, "--arguments"},
        {{"idle-streams", url, "--client", "a:b", "-n", "5"}, "--connections"},
        {{"report", "a.json"}, "--html"},
    };
    for (const auto& [words, text] : wrong) {
        EXPECT_NE(mistake_in(words).find(text), std::string::npos) << mistake_in(words);
    }
    EXPECT_EQ(mistake_in({"get", url}), "none");
}

TEST(CommandLine, ReportsShowNoSecret) {
    const Settings settings = settings_of(
        {"introspect", "http://127.0.0.1:1", "--client", "conf:canary", "--caller=rs:canary",
         "--user", "alice:canary", "-H", "Authorization: canary", "--header=Cookie: canary",
         "-HX-Key: canary", "-H", "Accept: text/plain", "--body", "client_secret=canary"});
    EXPECT_EQ(settings.oauth.client.secret, "canary");
    std::string shown;
    for (const std::string& word : settings.command) shown += word + " ";
    EXPECT_EQ(shown.find("canary"), std::string::npos) << shown;
    EXPECT_NE(shown.find("conf:***"), std::string::npos) << shown;
    EXPECT_NE(shown.find("Accept: text/plain"), std::string::npos) << shown;
}

TEST(CommandLine, HelpAndVersionAreNoMistakes) {
    for (const std::string word : {"--help", "--version"}) {
        const auto command = read_command_line({word});
        ASSERT_FALSE(command.has_value());
        EXPECT_EQ(command.error().status, 0);
        EXPECT_NE(command.error().text.find("sluice-loadgen"), std::string::npos);
    }
}

TEST(CommandLine, ReadsAReportOfSavedRuns) {
    const auto command =
        read_command_line({"report", "a.json", "--compare", "b.json", "-o", "c.html"});
    ASSERT_TRUE(command.has_value());
    const auto& report = std::get<ReportCommand>(*command);
    EXPECT_EQ(report.run_file, "a.json");
    EXPECT_EQ(report.compare_file, "b.json");
    EXPECT_EQ(report.html_file, "c.html");
}

}  // namespace
}  // namespace sluice::loadgen
