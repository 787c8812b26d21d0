#include "server/command_line.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

namespace sluice::server {
namespace {

std::expected<Command, CommandLineExit> parse(std::initializer_list<const char*> words) {
    std::vector<const char*> argv{"sluice"};
    argv.insert(argv.end(), words);
    return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

TEST(CommandLine, DevNeedsNothing) {
    const auto command = parse({"dev"});
    ASSERT_TRUE(command);
    const auto& dev = std::get<DevCommand>(*command);
    EXPECT_EQ(dev.listen, "127.0.0.1:8080");
    EXPECT_FALSE(dev.upstream);
    EXPECT_EQ(dev.username, "demo");
    EXPECT_TRUE(dev.password.empty());
}

TEST(CommandLine, DevTakesAddressUpstreamAndUser) {
    const auto command = parse({"dev", "--listen", "[::1]:9", "--upstream",
                                "http://127.0.0.1:1/mcp", "--user", "ann:a:b c"});
    ASSERT_TRUE(command);
    const auto& dev = std::get<DevCommand>(*command);
    EXPECT_EQ(dev.listen, "[::1]:9");
    EXPECT_EQ(dev.upstream, "http://127.0.0.1:1/mcp");
    EXPECT_EQ(dev.username, "ann");
    EXPECT_EQ(dev.password.reveal(), "a:b c");
}

TEST(CommandLine, AUserIsANameAndAPassword) {
    for (const char* user : {"ann", ":secret", "ann:"}) {
        const auto command = parse({"dev", "--user", user});
        ASSERT_FALSE(command) << user;
        EXPECT_EQ(command.error().status, 2);
        EXPECT_FALSE(command.error().text.contains("secret"));
    }
}

TEST(CommandLine, ServeAndCheckConfigTakeAFile) {
    const auto serve = parse({"serve", "--config", "a.toml"});
    ASSERT_TRUE(serve);
    EXPECT_EQ(std::get<ServeCommand>(*serve).config, "a.toml");
    const auto check = parse({"check-config", "b.toml"});
    ASSERT_TRUE(check);
    EXPECT_EQ(std::get<CheckConfigCommand>(*check).config, "b.toml");
    const auto hash = parse({"hash-password"});
    ASSERT_TRUE(hash);
    EXPECT_TRUE(std::holds_alternative<HashPasswordCommand>(*hash));
}

TEST(CommandLine, ASimulationTakesATraceOrMadeUpAgents) {
    const auto recorded =
        parse({"friction", "simulate", "--config", "a.toml", "--trace", "t.jsonl", "--out", "o"});
    ASSERT_TRUE(recorded) << recorded.error().text;
    EXPECT_EQ(std::get<simulate::SimulateCommand>(*recorded).trace, "t.jsonl");
    EXPECT_EQ(std::get<simulate::SimulateCommand>(*recorded).out, "o");
    EXPECT_FALSE(std::get<simulate::SimulateCommand>(*recorded).generate);
    const auto made_up =
        parse({"friction", "simulate", "--config", "a.toml", "--generate", "mixed", "--clients",
               "20", "--rate", "30", "--duration", "2h", "--seed", "9", "--tool", "x"});
    ASSERT_TRUE(made_up) << made_up.error().text;
    const auto& command = std::get<simulate::SimulateCommand>(*made_up);
    EXPECT_EQ(command.generate, simulate::Fleet::mixed);
    EXPECT_EQ(command.clients, 20U);
    EXPECT_EQ(command.calls_per_minute, 30);
    EXPECT_EQ(command.duration, std::chrono::hours(2));
    EXPECT_EQ(command.seed, 9U);
    EXPECT_EQ(command.loop_tool, "x");
}

TEST(CommandLine, ASimulationRefusesWhatCannotBeMeant) {
    for (const auto& words : std::vector<std::vector<const char*>>{
             {"--config", "a.toml"},
             {"--trace", "t.jsonl"},
             {"--config", "a.toml", "--trace", "t", "--generate", "mixed"},
             {"--config", "a.toml", "--trace", "t", "--clients", "2"},
             {"--config", "a.toml", "--generate", "wild"},
             {"--config", "a.toml", "--generate", "mixed", "--clients", "0"},
             {"--config", "a.toml", "--generate", "mixed", "--duration", "long"}}) {
        std::vector<const char*> argv{"sluice", "friction", "simulate"};
        argv.insert(argv.end(), words.begin(), words.end());
        const auto command = parse_command_line(static_cast<int>(argv.size()), argv.data());
        ASSERT_FALSE(command) << words.back();
        EXPECT_EQ(command.error().status, 2);
    }
    EXPECT_EQ(parse({"friction", "simulate", "--help"}).error().status, 0);
    EXPECT_FALSE(parse({"friction"}));
}

TEST(CommandLine, DevKeepsItsStateInAFileOrNowhere) {
    const auto file = parse({"dev", "--storage", "a.db"});
    ASSERT_TRUE(file);
    EXPECT_EQ(std::get<DevCommand>(*file).storage, "a.db");
    EXPECT_FALSE(std::get<DevCommand>(*file).memory);
    EXPECT_TRUE(std::get<DevCommand>(parse({"dev", "--memory"}).value()).memory);
    EXPECT_FALSE(parse({"dev", "--memory", "--storage", "a.db"}));
}

TEST(CommandLine, CommandsOnStorageNameAConfiguration) {
    const auto migrate = parse({"migrate", "--config", "a.toml", "--dry-run"});
    ASSERT_TRUE(migrate);
    EXPECT_EQ(std::get<MigrateCommand>(*migrate).config, "a.toml");
    EXPECT_TRUE(std::get<MigrateCommand>(*migrate).dry_run);
    const auto backup = parse({"backup", "--config", "a.toml", "b.db"});
    ASSERT_TRUE(backup);
    EXPECT_EQ(std::get<BackupCommand>(*backup).config, "a.toml");
    EXPECT_EQ(std::get<BackupCommand>(*backup).file, "b.db");
    const auto restore = parse({"restore", "b.db", "--config", "a.toml"});
    ASSERT_TRUE(restore);
    EXPECT_EQ(std::get<RestoreCommand>(*restore).file, "b.db");
    EXPECT_TRUE(std::holds_alternative<ForgetKeysCommand>(
        parse({"forget-keys", "--config", "a.toml"}).value()));
    EXPECT_TRUE(std::holds_alternative<RotateKeysCommand>(
        parse({"keys", "rotate", "--config", "a.toml"}).value()));
    EXPECT_EQ(parse({"keys"}).error().status, 2);
    for (const char* word : {"migrate", "backup", "restore", "forget-keys"}) {
        EXPECT_EQ(parse({word}).error().status, 2) << word;
        EXPECT_EQ(parse({word, "--help"}).error().status, 0) << word;
    }
}

TEST(CommandLine, UsersAreAddedListedAndRemoved) {
    using Action = UserCommand::Action;
    const auto user = [](std::initializer_list<const char*> words) {
        return std::get<UserCommand>(parse(words).value());
    };
    const UserCommand add =
        user({"user", "add", "ann", "--config", "a.toml", "--email", "a@b.example", "--replace"});
    EXPECT_EQ(add.action, Action::add);
    EXPECT_EQ(add.username, "ann");
    EXPECT_EQ(add.email, "a@b.example");
    EXPECT_TRUE(add.replace);
    EXPECT_EQ(user({"user", "list", "--config", "a.toml"}).action, Action::list);
    const UserCommand remove = user({"user", "remove", "--config", "a.toml", "ann"});
    EXPECT_EQ(remove.action, Action::remove);
    EXPECT_EQ(remove.username, "ann");
    EXPECT_FALSE(parse({"user"}));
    EXPECT_FALSE(parse({"user", "add", "--config", "a.toml"}));
    EXPECT_FALSE(parse({"user", "list", "ann", "--config", "a.toml"}));
}

TEST(CommandLine, GrantsAreListedAndRevokedByUserClientAndResource) {
    const auto grants = [](std::initializer_list<const char*> words) {
        return std::get<GrantsCommand>(parse(words).value());
    };
    const GrantsCommand list = grants({"grants", "list", "--config", "a.toml"});
    EXPECT_EQ(list.action, GrantsCommand::Action::list);
    EXPECT_FALSE(list.user || list.client || list.resource);
    const GrantsCommand revoke = grants({"grants", "revoke", "--user", "ann", "--client", "app",
                                         "--resource", "https://a.example", "--config", "a.toml"});
    EXPECT_EQ(revoke.action, GrantsCommand::Action::revoke);
    EXPECT_EQ(revoke.config, "a.toml");
    EXPECT_EQ(revoke.user, "ann");
    EXPECT_EQ(revoke.client, "app");
    EXPECT_EQ(revoke.resource, "https://a.example");
    EXPECT_FALSE(parse({"grants"}));
    EXPECT_FALSE(parse({"grants", "list"}));
}

TEST(CommandLine, MistakesExitWith2AndPointToHelp) {
    for (const auto& words :
         std::vector<std::initializer_list<const char*>>{{},
                                                         {"serve"},
                                                         {"check-config"},
                                                         {"fly"},
                                                         {"dev", "--lisen", "x"},
                                                         {"check-config", "a", "b"}}) {
        const auto command = parse(words);
        ASSERT_FALSE(command);
        EXPECT_EQ(command.error().status, 2);
        EXPECT_TRUE(command.error().text.contains("sluice --help")) << command.error().text;
    }
}

TEST(CommandLine, HelpAndVersionAreNoMistakes) {
    const auto help = parse({"--help"});
    ASSERT_FALSE(help);
    EXPECT_EQ(help.error().status, 0);
    for (const char* word : {"dev", "serve", "check-config", "hash-password", "--version"}) {
        EXPECT_TRUE(help.error().text.contains(word)) << help.error().text;
    }
    const auto dev_help = parse({"dev", "--help"});
    ASSERT_FALSE(dev_help);
    EXPECT_TRUE(dev_help.error().text.contains("--upstream")) << dev_help.error().text;
    const auto version = parse({"--version"});
    ASSERT_FALSE(version);
    EXPECT_EQ(version.error().status, 0);
    EXPECT_EQ(version.error().text.substr(0, 7), "sluice ");
}

}  // namespace
}  // namespace sluice::server
