// The rules of [server.tls].
#include "config/summary.h"
#include "config/tls_config.h"
#include "server/check_config.h"
#include "tests/support/certificates.h"
#include "tests/unit/config/support.h"

namespace sluice::config::testing {
namespace {

using namespace std::chrono_literals;
using simulation::make_certificate;
using simulation::Pem;

struct ConfigTls : ::testing::Test {
    ConfigTls() {
        put("box", make_certificate({.names = {"box.example"}}));
        put("other", make_certificate({.names = {"*.other.example"}, .rsa = true}));
    }
    void put(const std::string& name, const Pem& pem) {
        around.files[name + ".pem"] = pem.certificate;
        around.files[name + ".key"] = pem.key;
    }
    /// valid_toml with [server.tls] from line 3 on, and these lines below it.
    static std::string tls(std::string_view lines) {
        return replaced("[auth]\n", "[server.tls]\n" + std::string(lines) + "\n[auth]\n");
    }
    void expect(const std::string& toml, std::string_view place, std::string_view text) {
        const std::string problems = problems_of(toml, around);
        EXPECT_TRUE(problems.contains("t:" + std::string(place) + ": ")) << problems;
        EXPECT_TRUE(problems.contains(text)) << problems;
    }

    static constexpr std::string_view box = "certificate = \"box.pem\"\nkey = \"box.key\"";
    FakeEnvironment around;
};

TEST_F(ConfigTls, HasTheDocumentedDefaults) {
    EXPECT_FALSE(config_of(valid_toml).server().tls);
    const ServerConfig server = config_of(tls(box), around).server();
    ASSERT_TRUE(server.tls);
    EXPECT_TRUE(server.listens_with_tls());
    EXPECT_EQ(server.tls->version_min, crypto::TlsVersion::v1_2);
    EXPECT_EQ(server.tls->hsts, 180 * 24h);
    ASSERT_EQ(server.tls->identities.size(), 1U);
    EXPECT_TRUE(server.tls->identities[0].covers("box.example"));
}

TEST_F(ConfigTls, TakesSeveralCertificatesAndKeysFromTheEnvironment) {
    around.variables["KEY"] = around.files["other.key"];
    const ServerConfig server =
        config_of(tls(std::string(box) +
                      "\nmin_version = \"1.3\"\nhsts = \"0s\"\nlisten = [\"0.0.0.0:443\"]\n"
                      "[[server.tls.also]]\ncertificate = \"other.pem\"\nkey_env = \"KEY\""),
                  around)
            .server();
    ASSERT_EQ(server.tls->identities.size(), 2U);
    EXPECT_TRUE(server.tls->identities[1].covers("a.other.example"));
    EXPECT_EQ(server.tls->version_min, crypto::TlsVersion::v1_3);
    EXPECT_EQ(server.tls->hsts, 0s);
    EXPECT_FALSE(server.listens_with_tls()) << "the addresses of server.listen are plain";
    EXPECT_EQ(server.tls->listen.front().text(), "0.0.0.0:443");
}

TEST_F(ConfigTls, NamesTheFileAndWhatIsWrongWithIt) {
    around.files["empty.pem"] = "";
    expect(tls("certificate = \"none.pem\"\nkey = \"box.key\""), "4: server.tls.certificate",
           "none.pem cannot be read");
    expect(tls("certificate = \"empty.pem\"\nkey = \"box.key\""), "4: server.tls.certificate",
           "empty.pem: There is no certificate in it");
    expect(tls("certificate = \"box.pem\"\nkey = \"other.key\""), "5: server.tls.key",
           "other.key: The private key does not match the certificate");
    expect(tls("certificate = \"box.pem\"\nkey_env = \"KEY\""), "5: server.tls.key_env",
           "the environment has no variable KEY");
    expect(tls("certificate = \"box.pem\""), "3: server.tls.key",
           "the file that holds the certificate's private key");
    expect(tls("key = \"box.key\""), "3: server.tls.certificate",
           "the file that holds the certificate");
    expect(tls(std::string(box) + "\nkey_env = \"KEY\""), "6: server.tls.key_env",
           "cannot be combined with key");
    expect(tls(std::string(box) + "\n[[server.tls.also]]\ncertificate = \"empty.pem\"\n"
                                  "key = \"other.key\""),
           "7: server.tls.also[0].certificate", "empty.pem: There is no certificate in it");
}

TEST_F(ConfigTls, NeverRepeatsAKey) {
    around.variables["KEY"] = "-----BEGIN PRIVATE KEY-----\nverysecret\n-----END PRIVATE KEY-----";
    const std::string problems =
        problems_of(tls("certificate = \"box.pem\"\nkey_env = \"KEY\""), around);
    EXPECT_TRUE(problems.contains("5: server.tls.key_env: KEY: The private key is malformed"))
        << problems;
    EXPECT_FALSE(problems.contains("verysecret"));
}

TEST_F(ConfigTls, RefusesWhatMakesNoSense) {
    expect(tls(std::string(box) + "\nmin_version = \"1.1\""), "6: server.tls.min_version",
           "\"1.1\" is not one of 1.2, 1.3");
    expect(tls(std::string(box) + "\nlisten = [\"unix:/run/s\"]"), "6: server.tls.listen[0]",
           "never speaks TLS");
    expect(tls(std::string(box) + "\nlisten = [\"127.0.0.1:8080\"]\n"), "6: server.tls.listen[0]",
           "listen address");
    expect(tls(std::string(box) + "\nhsts = \"3651d\""), "6: server.tls.hsts", "is not between");
}

TEST_F(ConfigTls, ThePublicUrlHasToFitWhatThePortsSpeak) {
    const std::string plain = "https://box.example";
    expect(replaced(plain, "http://127.0.0.1:8080", tls(box)), "2: server.public_url",
           "every address speaks TLS");
    expect(replaced(plain, "http://127.0.0.1:8080", tls(std::string(box) + "\nhsts = \"1d\"")),
           "6: server.tls.hsts", "has no effect");
    const Config beside =
        config_of(replaced(plain, "http://127.0.0.1:8080",
                           tls(std::string(box) + "\nlisten = [\"127.0.0.1:8443\"]")),
                  around);
    EXPECT_EQ(beside.server().tls->hsts, 0s);
}

TEST_F(ConfigTls, ALoopbackHostIsReachedByHttpsAndHasNoHsts) {
    const ServerConfig server =
        config_of(replaced("public_url = \"https://box.example\"\n", "", tls(box)), around)
            .server();
    EXPECT_EQ(server.public_url, "https://127.0.0.1:8080");
    EXPECT_EQ(server.tls->hsts, 0s) << "a browser would force TLS on every port of its machine";
}

TEST_F(ConfigTls, TellsOfCertificatesOutOfTheirTimeAndOfAHostThatNoneCovers) {
    const TlsConfig good = *config_of(tls(box), around).server().tls;
    const WallTime now = std::chrono::system_clock::now();
    EXPECT_EQ(oddities(good, good.identities, "https://box.example", now).size(), 0U);
    const auto late = oddities(good, good.identities, "https://box.example", now + 48h);
    ASSERT_EQ(late.size(), 1U);
    EXPECT_TRUE(late[0].starts_with("server.tls.certificate: the certificate expired on "));
    const auto early = oddities(good, good.identities, "https://box.example", now - 48h);
    ASSERT_EQ(early.size(), 1U);
    EXPECT_TRUE(
        early[0].starts_with("server.tls.certificate: the certificate is not valid before "));
    const auto elsewhere = oddities(good, good.identities, "https://elsewhere.example", now);
    ASSERT_EQ(elsewhere.size(), 1U);
    EXPECT_TRUE(elsewhere[0].contains("no certificate is for elsewhere.example"));
    EXPECT_EQ(oddities(good, good.identities, "https://10.0.0.1", now).size(), 0U);
}

TEST_F(ConfigTls, TheSummaryTellsWhichAddressesSpeakTls) {
    EXPECT_TRUE(
        summarise(config_of(tls(box), around)).contains("listens on 127.0.0.1:8080 (TLS),"));
    const std::string both =
        summarise(config_of(tls(std::string(box) + "\nlisten = [\"127.0.0.1:8443\"]"), around));
    EXPECT_TRUE(both.contains("listens on 127.0.0.1:8080, 127.0.0.1:8443 (TLS),")) << both;
}

}  // namespace
}  // namespace sluice::config::testing
