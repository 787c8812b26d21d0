// The rules of [server] and [log].
#include "tests/unit/config/support.h"

namespace sluice::config::testing {
namespace {

using namespace std::chrono_literals;

TEST(ConfigServer, HasTheDocumentedDefaults) {
    const ServerConfig server = config_of(valid_toml).server();
    ASSERT_EQ(server.listen.size(), 1U);
    EXPECT_EQ(server.listen[0].text(), "127.0.0.1:8080");
    EXPECT_EQ(server.cores, 0U);
    EXPECT_EQ(server.drain_timeout, 10s);
    EXPECT_EQ(server.max_header, kibibytes(32));
    EXPECT_EQ(server.max_body, mebibytes(4));
    EXPECT_EQ(server.header_timeout, 10s);
}

TEST(ConfigServer, ListensWhereItIsTold) {
    const Config config = config_of(
        with("[server]",
             "listen = [\"0.0.0.0:1\", \"[::1]:65535\", \"localhost:8080\", \"127.0.0.1:0\"]"));
    std::string listen;
    for (const auto& address : config.server().listen) listen += address.text() + ' ';
    EXPECT_EQ(listen, "0.0.0.0:1 [::1]:65535 127.0.0.1:8080 127.0.0.1:0 ");
}

TEST(ConfigServer, OneCallersStreamsAreAQuarterOfTheConnections) {
    for (const auto& [connections, streams] : {std::pair{"1000", 250U}, {"3", 1U}}) {
        const Config config =
            config_of(with("[server]", std::string("max_connections = ") + connections));
        EXPECT_EQ(config.gateway().streams_of_caller_max, streams);
    }
    EXPECT_EQ(config_of(valid_toml).gateway().streams_of_caller_max, 4096U);
}

TEST(ConfigServer, ListenAddressesAreNumericWithAPort) {
    for (const char* text : {"8080", "127.0.0.1", "example.com:80", "127.0.0.1:65536", "::1:80",
                             "127.0.0.1:", "http://127.0.0.1:80", ""}) {
        expect_problem(with("[server]", "listen = [\"" + std::string(text) + "\"]"),
                       "2: server.listen[0]",
                       "the forms are 127.0.0.1:8080, [::1]:8080, localhost:8080 and unix:");
    }
}

TEST(ConfigServer, ListensOnUnixSockets) {
    const ServerConfig server =
        config_of(with("[server]",
                       "listen = [\"unix:/run/s\", \"127.0.0.1:1\"]\nunix_socket_mode = \"600\"\n"
                       "unix_socket_owner = \"root:7\"\ntrusted_proxies = [\"unix\"]"))
            .server();
    EXPECT_EQ(server.listen[0].text(), "unix:/run/s");
    EXPECT_EQ(server.unix_socket.mode, 0600U);
    EXPECT_EQ(server.unix_socket.owner, 0U);
    EXPECT_EQ(server.unix_socket.group, 7U);
    EXPECT_TRUE(server.trusts_unix_peers);
}

TEST(ConfigServer, UnixSocketsAreOpenToOwnerAndGroupAndTrustedByNobodyUnlessTold) {
    const ServerConfig server = config_of(with("[server]", "listen = [\"unix:/run/s\"]")).server();
    EXPECT_EQ(server.unix_socket.mode, 0660U);
    EXPECT_FALSE(server.unix_socket.owner || server.unix_socket.group);
    EXPECT_FALSE(server.trusts_unix_peers);
}

TEST(ConfigServer, UnixSocketsHaveAnAbsolutePathThatFits) {
    for (const std::string& path :
         {std::string("s"), std::string("./s"), "/" + std::string(107, 'a'), std::string()}) {
        expect_problem(with("[server]", "listen = [\"unix:" + path + "\"]"), "2: server.listen[0]",
                       "absolute path of at most 107 bytes");
    }
}

TEST(ConfigServer, ModeAndOwnerOfUnixSocketsAreChecked) {
    const auto beside_a_socket = [](const std::string& line) {
        return with("[server]", "listen = [\"unix:/run/s\"]\n" + line);
    };
    for (const char* mode : {"66", "0999", "rw-rw----", "1777", "00660", ""}) {
        expect_problem(beside_a_socket("unix_socket_mode = \"" + std::string(mode) + "\""),
                       "3: server.unix_socket_mode", "three octal digits");
    }
    expect_problem(beside_a_socket("unix_socket_owner = \"no-such-user\""),
                   "3: server.unix_socket_owner", "no user \"no-such-user\"");
    expect_problem(beside_a_socket("unix_socket_owner = \":no-such-group\""),
                   "3: server.unix_socket_owner", "no group \"no-such-group\"");
    expect_problem(beside_a_socket("unix_socket_owner = \":\""), "3: server.unix_socket_owner",
                   "names neither");
    expect_problem(with("[server]", "unix_socket_mode = \"0600\""), "2: server.unix_socket_mode",
                   "no address of listen is a UNIX socket");
}

TEST(ConfigServer, ListensSomewhere) {
    expect_problem(with("[server]", "listen = []"), "1: server.listen", "at least one");
}

TEST(ConfigServer, ListensOnAnAddressOnce) {
    expect_problem(with("[server]", "listen = [\"127.0.0.1:80\", \"127.0.0.1:80\"]"),
                   "2: server.listen[1]", "already");
}

TEST(ConfigServer, PublicUrlFollowsALoopbackListenAddress) {
    const std::string text =
        replaced("public_url = \"https://box.example\"", "listen = [\"127.0.0.1:81\"]");
    EXPECT_EQ(config_of(text).server().public_url, "http://127.0.0.1:81");
}

TEST(ConfigServer, PublicUrlIsNeededWhereListeningOnMoreThanLoopback) {
    expect_problem(replaced("public_url = \"https://box.example\"", "listen = [\"0.0.0.0:80\"]"),
                   "1: server.public_url", "is missing");
}

TEST(ConfigServer, PublicUrlIsAnAbsoluteHttpUrl) {
    for (const char* url :
         {"box.example", "ftp://box.example", "https://", "https://u:p@box.example",
          "https://box.example#f", "https://box.example:99999"}) {
        expect_problem(replaced("https://box.example", url), "2: server.public_url",
                       "absolute http or https");
    }
}

TEST(ConfigServer, PublicUrlHasNeitherPathNorSlashNorQuery) {
    expect_problem(replaced("https://box.example", "https://box.example/app"),
                   "2: server.public_url", "path");
    expect_problem(replaced("https://box.example", "https://box.example/"), "2: server.public_url",
                   "slash");
    expect_problem(replaced("https://box.example", "https://box.example?a=b"),
                   "2: server.public_url", "query");
}

TEST(ConfigServer, PublicUrlIsHttpsUnlessLoopback) {
    expect_problem(replaced("https://box.example", "http://box.example"), "2: server.public_url",
                   "insecure_http");
    expect_problem(replaced("https://box.example", "http://127.0.0.1.example"),
                   "2: server.public_url", "https");
    for (const char* url : {"http://localhost:8080", "http://127.9.9.9", "http://[::1]:80"}) {
        EXPECT_EQ(problems_of(replaced("https://box.example", url)), "") << url;
    }
}

TEST(ConfigServer, InsecureHttpAllowsPlainHttpInAClosedNetwork) {
    EXPECT_EQ(problems_of(
                  replaced("https://box.example\"", "http://box.example\"\ninsecure_http = true")),
              "");
}

TEST(ConfigServer, ACredentialInAUrlIsNotRepeated) {
    EXPECT_FALSE(problems_of(replaced("https://box.example", "https://user:hunter2@box.example"))
                     .contains("hunter2"));
}

TEST(ConfigServer, TrustsNetworks) {
    const Config config =
        config_of(with("[server]", "trusted_proxies = [\"10.0.0.0/8\", \"::1\"]"));
    ASSERT_EQ(config.server().trusted_proxies.size(), 2U);
    EXPECT_TRUE(config.server().trusted_proxies[0].contains(*io::Address::from_ip("10.1.1.1", 1)));
    expect_problem(with("[server]", "trusted_proxies = [\"10.0.0.1/8\"]"),
                   "2: server.trusted_proxies[0]", "is not a valid network");
}

TEST(ConfigServer, TrustedNetworksReachTheLimitsOfBothParts) {
    const Config config = config_of(with("[server]", "trusted_networks = [\"160.79.104.0/21\"]"));
    EXPECT_TRUE(http::contain(config.auth()->trusted_networks, "160.79.105.1"));
    EXPECT_TRUE(http::contain(config.gateway().trusted_networks, "160.79.105.1"));
    EXPECT_FALSE(http::contain(config.gateway().trusted_networks, "160.79.112.1"));
    expect_problem(with("[server]", "trusted_networks = [\"160.79.104.0/21\", \"unix\"]"),
                   "2: server.trusted_networks[1]", "is not a valid network");
}

TEST(ConfigServer, AllowsOriginsAsBrowsersSendThem) {
    EXPECT_EQ(problems_of(with("[server]",
                               "allowed_origins = [\"https://a.example\", \"http://b:8\", \"*\"]")),
              "");
    for (const char* origin :
         {"https://a.example/", "https://A.example", "https://a.example:443", "**", "a"}) {
        expect_problem(with("[server]", "allowed_origins = [\"" + std::string(origin) + "\"]"),
                       "2: server.allowed_origins[0]", "origin");
    }
}

struct Bound {
    const char* key;
    const char* inside;
    const char* outside;
};

TEST(ConfigServer, NumbersHaveBounds) {
    for (const auto& [key, inside, outside] :
         std::initializer_list<Bound>{{"cores", "1024", "1025"},
                                      {"cores", "0", "-1"},
                                      {"drain_timeout", "\"1h\"", "\"61m\""},
                                      {"max_header", "\"1KiB\"", "\"1023B\""},
                                      {"max_body", "\"1GiB\"", "\"2GiB\""},
                                      {"header_timeout", "\"1s\"", "\"999ms\""},
                                      {"body_timeout", "\"1h\"", "\"2h\""},
                                      {"body_min_rate", "\"1B\"", "\"0B\""},
                                      {"idle_timeout", "\"1s\"", "\"0s\""},
                                      {"max_connections", "1", "0"}}) {
        const std::string assign = std::string(key) + " = ";
        EXPECT_EQ(problems_of(with("[server]", assign + inside)), "") << key;
        expect_problem(with("[server]", assign + outside), "2: server." + std::string(key),
                       "is not between");
    }
}

TEST(ConfigLog, LevelsAndFormatsAreClosedSets) {
    EXPECT_EQ(config_of(followed_by("[log]\nlevel = \"warning\"\nformat = \"text\"\n")).log().level,
              LogConfig::Level::warning);
    expect_problem(followed_by("[log]\nlevel = \"warn\"\n"), "12: log.level",
                   "debug, info, warning, error");
    expect_problem(followed_by("[log]\nformat = \"xml\"\n"), "12: log.format", "json, text");
}

}  // namespace
}  // namespace sluice::config::testing
