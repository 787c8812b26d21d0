#include "crypto/tls_server_context.h"

#include <openssl/x509.h>

#include "tests/unit/crypto/tls_support.h"

namespace sluice::crypto {
namespace {

struct TlsServerContextTest : TlsTest {
    /// What the client made of a handshake with `context`.
    std::unique_ptr<TlsSession> shake(const TlsServerContext& context,
                                      const std::function<void(SSL_CTX*)>& set,
                                      const char* name = nullptr) {
        server = context.accept();
        auto client = client_with(set, name);
        carry(*client, *server);
        return client;
    }
    /// The first name of the certificate that the server shows to `name`.
    std::string shown_to(const TlsServerContext& context, const char* name,
                         bool ecdsa_known = true) {
        std::string shown;
        shake(
            context,
            [&](SSL_CTX* ctx) {
                if (!ecdsa_known) {
                    const std::uint16_t rsa = SSL_SIGN_RSA_PSS_RSAE_SHA256;
                    SSL_CTX_set_verify_algorithm_prefs(ctx, &rsa, 1);
                }
                SSL_CTX_set_cert_verify_callback(
                    ctx,
                    [](X509_STORE_CTX* chain, void* into) {
                        const X509* leaf = X509_STORE_CTX_get0_cert(chain);
                        char text[200] = {};
                        X509_NAME_get_text_by_NID(X509_get_subject_name(leaf), NID_commonName, text,
                                                  sizeof text);
                        *static_cast<std::string*>(into) = text;
                        return 1;
                    },
                    &shown);
            },
            name);
        return shown;
    }

    std::unique_ptr<TlsSession> server;
};

void nothing_special(SSL_CTX*) {}

TEST_F(TlsServerContextTest, ShowsEachNameItsCertificateAndOthersTheFirst) {
    const auto context =
        server_of({identity_of(leaf), identity_of(make_certificate({.names = {"*.other.example"}})),
                   identity_of(make_certificate({.names = {"a.other.example"}}))});
    EXPECT_EQ(shown_to(context, "mcp.example.com"), "mcp.example.com");
    EXPECT_EQ(shown_to(context, "a.other.example"), "a.other.example");
    EXPECT_EQ(shown_to(context, "b.other.example"), "*.other.example");
    EXPECT_EQ(shown_to(context, "B.OTHER.example"), "*.other.example");
    EXPECT_EQ(shown_to(context, "x.b.other.example"), "mcp.example.com");
    EXPECT_EQ(shown_to(context, "other.example"), "mcp.example.com");
    EXPECT_EQ(shown_to(context, nullptr), "mcp.example.com");
}

TEST_F(TlsServerContextTest, HasAnRsaKeyForWhoKnowsNoOther) {
    const auto context =
        server_of({identity_of(make_certificate({.names = {"ec"}})),
                   identity_of(make_certificate({.names = {"rsa", "ec"}, .rsa = true}))});
    EXPECT_EQ(shown_to(context, "ec"), "ec");
    EXPECT_EQ(shown_to(context, "ec", false), "rsa");
}

TEST_F(TlsServerContextTest, TakesTls12WithForwardSecrecyAndNothingOlder) {
    const auto context = server_of({identity_of(leaf)});
    auto client =
        shake(context, [](SSL_CTX* ctx) { SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION); });
    ASSERT_TRUE(client->established()) << client->error();
    EXPECT_EQ(client->details().version, "TLSv1.2");
    EXPECT_TRUE(client->details().cipher.starts_with("TLS_ECDHE_ECDSA_WITH_AES_"));
    client = shake(context, [](SSL_CTX* ctx) {
        SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(ctx, TLS1_1_VERSION);
    });
    EXPECT_TRUE(client->failed());
    EXPECT_EQ(client->error(), "tlsv1 alert protocol version");
}

TEST_F(TlsServerContextTest, RefusesTls12WhereOnly13IsWanted) {
    const auto context = server_of({identity_of(leaf)}, {.version_min = TlsVersion::v1_3});
    EXPECT_TRUE(shake(context, nothing_special)->established());
    EXPECT_TRUE(shake(context, [](SSL_CTX* ctx) {
                    SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
                })->failed());
}

TEST_F(TlsServerContextTest, RefusesCiphersWithoutForwardSecrecyOrAead) {
    const auto context =
        server_of({identity_of(make_certificate({.names = {"rsa"}, .rsa = true}))});
    for (const char* cipher : {"AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA"}) {
        const auto client = shake(context, [&](SSL_CTX* ctx) {
            SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
            EXPECT_TRUE(SSL_CTX_set_strict_cipher_list(ctx, cipher));
        });
        EXPECT_TRUE(client->failed()) << cipher;
    }
}

TEST_F(TlsServerContextTest, PrefersTheCheapestCipherUnlessTheClientLacksItsHardware) {
    const auto context = server_of({identity_of(leaf)});
    constexpr std::uint16_t aes128 = SSL_CIPHER_AES_128_GCM_SHA256;
    constexpr std::uint16_t aes256 = SSL_CIPHER_AES_256_GCM_SHA384;
    constexpr std::uint16_t chacha = SSL_CIPHER_CHACHA20_POLY1305_SHA256;
    const auto chosen = [&](std::vector<std::uint16_t> listed) {
        const auto client = shake(context, [&](SSL_CTX* ctx) {
            SSL_CTX_set1_tls13_ciphers(ctx, listed.data(), nullptr, listed.size());
        });
        return client->established() ? std::string(client->details().cipher) : "failed";
    };
    EXPECT_EQ(chosen({aes256, chacha, aes128}), "TLS_AES_128_GCM_SHA256");
    EXPECT_EQ(chosen({chacha, aes128, aes256}), "TLS_CHACHA20_POLY1305_SHA256");
    EXPECT_EQ(chosen({aes256, chacha}), "TLS_AES_256_GCM_SHA384");
    EXPECT_EQ(chosen({chacha}), "TLS_CHACHA20_POLY1305_SHA256");

    const auto chosen_before_13 = [&](const char* listed) {
        const auto client = shake(context, [&](SSL_CTX* ctx) {
            SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
            EXPECT_TRUE(SSL_CTX_set_strict_cipher_list(ctx, listed));
        });
        return client->established() ? std::string(client->details().cipher) : "failed";
    };
    EXPECT_EQ(chosen_before_13("ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"
                               "ECDHE-ECDSA-AES128-GCM-SHA256"),
              "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    EXPECT_EQ(chosen_before_13("ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256"),
              "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
}

TEST_F(TlsServerContextTest, PrefersThePostQuantumGroupWhateverTheClientsOrder) {
    const auto context = server_of({identity_of(leaf)});
    const auto group_for = [&](std::vector<std::uint16_t> offered) {
        const auto client = shake(context, [&](SSL_CTX* ctx) {
            SSL_CTX_set1_group_ids(ctx, offered.data(), offered.size());
        });
        return client->established() ? std::string(client->details().group) : "failed";
    };
    EXPECT_EQ(group_for({SSL_GROUP_X25519, SSL_GROUP_X25519_MLKEM768}), "X25519MLKEM768");
    EXPECT_EQ(group_for({SSL_GROUP_SECP256R1, SSL_GROUP_X25519}), "X25519");
    EXPECT_EQ(group_for({SSL_GROUP_SECP256R1}), "P-256");
    EXPECT_EQ(group_for({SSL_GROUP_SECP521R1}), "failed");
}

TEST_F(TlsServerContextTest, AgreesOnHttp11OrRefusesWhoOffersOnlyOthers) {
    const auto context = server_of({identity_of(leaf)});
    const auto offering = [&](std::string_view protocols) {
        return shake(context, [&](SSL_CTX* ctx) {
            SSL_CTX_set_alpn_protos(ctx, reinterpret_cast<const std::uint8_t*>(protocols.data()),
                                    protocols.size());
        });
    };
    EXPECT_EQ(offering("\x02h2\x08http/1.1")->details().application, "http/1.1");
    const auto refused = offering("\x02h2\x08http/1.0");
    EXPECT_TRUE(refused->failed());
    EXPECT_EQ(refused->error(), "tlsv1 alert no application protocol");
    EXPECT_EQ(shake(context, nothing_special)->details().application, "");
}

TEST_F(TlsServerContextTest, ATicketResumesAtAnyContextThatSharesTheKeys) {
    const auto here = server_of({identity_of(leaf)});
    tickets = ticket_keys();  // another shard's copy
    const auto there = server_of({identity_of(leaf)});
    tickets = ticket_keys("another seed");
    const auto stranger = server_of({identity_of(leaf)});
    const TlsClientContext clients(trust_in(authority));
    const auto resumed_at = [&](const TlsServerContext& context) {
        server = context.accept();
        auto client = clients.connect("mcp.example.com");
        client->start();
        carry(*client, *server);
        EXPECT_TRUE(client->established());
        server->write("the tickets of TLS 1.3 go with the first answer");
        carry(*client, *server);
        return client->details().resumed;
    };
    EXPECT_FALSE(resumed_at(here));
    EXPECT_TRUE(resumed_at(here));
    EXPECT_TRUE(resumed_at(there));
    EXPECT_FALSE(resumed_at(stranger));
}

/// A client of one version that keeps the newest ticket it was given.
class TicketClient {
public:
    explicit TicketClient(int version) : ctx_(SSL_CTX_new(TLS_method()), SSL_CTX_free) {
        SSL_CTX_set_max_proto_version(ctx_.get(), static_cast<std::uint16_t>(version));
        SSL_CTX_set_session_cache_mode(ctx_.get(), SSL_SESS_CACHE_CLIENT);
        SSL_CTX_set_ex_data(ctx_.get(), index(), &ticket_);
        SSL_CTX_sess_set_new_cb(ctx_.get(), [](SSL* ssl, SSL_SESSION* session) {
            void* kept = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), index());
            static_cast<bssl::UniquePtr<SSL_SESSION>*>(kept)->reset(session);
            return 1;
        });
    }

    /// Whether the ticket was taken.
    bool connect(const TlsServerContext& context) {
        SSL* ssl = SSL_new(ctx_.get());
        SSL_set_connect_state(ssl);
        if (ticket_) SSL_set_session(ssl, ticket_.get());
        TlsSession client(ssl, ctx_);
        client.start();
        const auto server = context.accept();
        carry(client, *server);
        EXPECT_TRUE(client.established());
        server->write("the tickets of TLS 1.3 go with the first answer");
        carry(client, *server);
        return client.details().resumed;
    }
    void forget() { ticket_.reset(); }

private:
    static int index() {
        static const int made = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
        return made;
    }

    bssl::UniquePtr<SSL_SESSION> ticket_;
    std::shared_ptr<SSL_CTX> ctx_;
};

TEST_F(TlsServerContextTest, ATicketIsGoodUntilItsKeyIsForgotten) {
    const auto context = server_of({identity_of(leaf)});
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TicketClient client(version);
        EXPECT_FALSE(client.connect(context));
        clock.advance(std::chrono::hours{24});
        EXPECT_TRUE(client.connect(context));
        client.forget();
        EXPECT_FALSE(client.connect(context));
        clock.advance(std::chrono::hours{37});
        EXPECT_FALSE(client.connect(context));
    }
}

}  // namespace
}  // namespace sluice::crypto
