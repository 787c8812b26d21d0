// TLS to the database, which brings OpenSSL into the process, beside BoringSSL.
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

#include "tests/unit/crypto/tls_support.h"
#include "tests/unit/storage/postgres/box.h"

namespace sluice::storage::postgres {
namespace {

class PostgresTls : public crypto::TlsTest {
protected:
    PostgresTls() {
        PostgresServer& server = PostgresServer::shared();
        const simulation::Pem pem = simulation::make_certificate();
        const std::string path = server.directory() + "/data/server";
        std::ofstream(path + ".crt") << pem.certificate;
        std::ofstream(path + ".key") << pem.key;
        CHECK(std::system(fmt::format("chown --reference={0}/data {1}.key {1}.crt && "
                                      "chmod 600 {1}.key",
                                      server.directory(), path)
                              .c_str()) == 0);
        server.configure("ssl = on");
        server.stop("fast");
        server.start();
    }
    ~PostgresTls() override {
        PostgresServer::shared().configure("ssl = off");
        PostgresServer::shared().reload();
    }

    void shake_hands_with_boringssl() {
        crypto::TlsServerContext context = server_of({crypto::identity_of(leaf)});
        crypto::TlsClientContext clients(crypto::trust_in(authority));
        const auto server = context.accept();
        const auto client = clients.connect("mcp.example.com");
        client->start();
        carry(*client, *server);
        EXPECT_TRUE(client->established()) << client->error();
    }
};

TEST_F(PostgresTls, GoesOnBesideHandshakesOfBoringssl) {
    const std::string database = new_database();
    shake_hands_with_boringssl();
    Box box(settings_for(PostgresServer::shared().url(database) + "?sslmode=require"));
    ASSERT_TRUE(box.wait_until_available()) << box.told.last_detail;
    const std::string large(60'000, 'v');
    for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(box.put(std::to_string(i), large), "done");
        shake_hands_with_boringssl();
    }
    EXPECT_EQ(box.get(box.store().get({DocumentKind::client, "7"}))->value_or(""), large);
    EXPECT_EQ(PostgresServer::shared().query(
                  database,
                  "SELECT bool_and(s.ssl) FROM pg_stat_ssl s JOIN pg_stat_activity a "
                  "USING (pid) WHERE a.application_name = 'sluice' "
                  "AND a.datname = current_database()"),
              "t");
}

}  // namespace
}  // namespace sluice::storage::postgres
