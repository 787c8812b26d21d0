#include "crypto/tls_session.h"

#include "tests/unit/crypto/tls_support.h"

namespace sluice::crypto {
namespace {

struct TlsSessionTest : TlsTest {
    TlsSessionTest() : context(server_of({identity_of(leaf)})), clients(trust_in(authority)) {}

    void begin(std::string_view host = "mcp.example.com") {
        server = context.accept();
        client = clients.connect(host);
        client->start();
    }
    void establish() {
        begin();
        carry(*client, *server);
        ASSERT_TRUE(client->established()) << client->error();
        ASSERT_TRUE(server->established()) << server->error();
    }

    TlsServerContext context;
    TlsClientContext clients;
    std::unique_ptr<TlsSession> server;
    std::unique_ptr<TlsSession> client;
};

TEST_F(TlsSessionTest, CarriesBytesBothWaysWhateverTheirPieces) {
    for (const std::size_t step : {1u, 2u, 7u, 100u, 1460u, 100'000u}) {
        begin();
        carry(*client, *server, step);
        ASSERT_TRUE(server->established()) << step;
        const std::string question(40'000, 'q');
        const std::string answer(100'000, 'a');
        ASSERT_TRUE(client->write(question));
        ASSERT_TRUE(server->write(answer));
        const Carried carried = carry(*client, *server, step);
        EXPECT_EQ(carried.to_server, question);
        EXPECT_EQ(carried.to_client, answer);
    }
}

TEST_F(TlsSessionTest, SmallAnswersTakeOneRecord) {
    establish();
    ASSERT_TRUE(server->write(std::string(500, 'a')));
    carry(*client, *server);  // the first may carry what belongs to the handshake
    ASSERT_TRUE(server->write(std::string(500, 'a')));
    EXPECT_EQ(server->output().size(), 500u + 5 + 1 + 16);
}

TEST_F(TlsSessionTest, AgreesOnTheBestOfferedByBoth) {
    establish();
    EXPECT_EQ(server->details().version, "TLSv1.3");
    EXPECT_EQ(server->details().group, "X25519MLKEM768");
    EXPECT_EQ(server->details().application, "http/1.1");
    EXPECT_EQ(client->details().application, "http/1.1");
    EXPECT_FALSE(server->details().resumed);
}

TEST_F(TlsSessionTest, AnEndThatIsAnnouncedIsToldFromOneThatIsNot) {
    establish();
    EXPECT_FALSE(client->ended_by_peer());
    server->write("last words");
    server->end_writing();
    EXPECT_EQ(carry(*client, *server).to_client, "last words");
    EXPECT_TRUE(client->ended_by_peer());
    EXPECT_FALSE(client->failed());
    EXPECT_FALSE(server->write("more"));
}

TEST_F(TlsSessionTest, TheOtherDirectionGoesOnAfterAnEnd) {
    establish();
    client->write("question");
    client->end_writing();
    EXPECT_EQ(carry(*client, *server).to_server, "question");
    EXPECT_TRUE(server->ended_by_peer());
    ASSERT_TRUE(server->write("answer"));
    EXPECT_EQ(carry(*client, *server).to_client, "answer");
}

TEST_F(TlsSessionTest, KeysThatThePeerWantsChangedAreChanged) {
    server = context.accept();
    std::shared_ptr<SSL_CTX> ctx(SSL_CTX_new(TLS_method()), SSL_CTX_free);
    SSL* ssl = SSL_new(ctx.get());
    SSL_set_connect_state(ssl);
    client = std::make_unique<TlsSession>(ssl, ctx);
    client->start();
    carry(*client, *server);
    ASSERT_TRUE(server->established());
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED), 1);
        ASSERT_TRUE(client->write("question"));
        EXPECT_EQ(carry(*client, *server).to_server, "question");
        ASSERT_TRUE(server->write("answer"));
        EXPECT_EQ(carry(*client, *server).to_client, "answer");
    }
}

TEST_F(TlsSessionTest, AChangedByteEndsItWithoutAnyPlaintext) {
    establish();
    ASSERT_TRUE(client->write("secret question"));
    std::string bytes = std::exchange(client->output(), {});
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    server->feed(bytes);
    EXPECT_TRUE(server->failed());
    EXPECT_FALSE(server->has_plaintext());
    EXPECT_NE(server->error(), "");
    EXPECT_NE(server->output(), "");  // the alert
    client->feed(server->output());
    EXPECT_TRUE(client->failed());
}

TEST_F(TlsSessionTest, PlainHttpIsKnownByItsFirstByteAndAnsweredWithNothing) {
    for (const std::string_view request : {"G", "GET / HTTP/1.1\r\n\r\n", "OPTIONS * HTTP/1.1"}) {
        server = context.accept();
        EXPECT_EQ(server->feed(request), request.size());
        EXPECT_TRUE(server->looks_like_http());
        EXPECT_TRUE(server->failed());
        EXPECT_EQ(server->output(), "");
    }
}

TEST_F(TlsSessionTest, GarbageAndOldHellosFailWithoutLookingLikeHttp) {
    for (const std::string_view hello :
         {std::string_view("\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10", 11),
          std::string_view("\x16\x03\x01\x00\x05hello", 10),
          std::string_view("\0\0\0\0\0\0\0", 7)}) {
        server = context.accept();
        server->feed(hello);
        EXPECT_TRUE(server->failed());
        EXPECT_FALSE(server->looks_like_http());
    }
}

TEST_F(TlsSessionTest, ClientRefusesAnotherNameAndAnUnknownAuthority) {
    begin("other.example.com");
    carry(*client, *server);
    EXPECT_TRUE(client->failed());
    EXPECT_EQ(client->error(), "certificate verify failed: Hostname mismatch");
    EXPECT_FALSE(server->established());

    server = context.accept();
    client = TlsClientContext(trust_in(make_certificate())).connect("mcp.example.com");
    client->start();
    carry(*client, *server);
    EXPECT_TRUE(client->failed());
    EXPECT_TRUE(client->error().starts_with("certificate verify failed: ")) << client->error();
}

TEST_F(TlsSessionTest, ClientChecksTheAddressOfAServerWithoutAName) {
    begin("127.0.0.1");
    carry(*client, *server);
    EXPECT_TRUE(client->established()) << client->error();
    begin("127.0.0.2");
    carry(*client, *server);
    EXPECT_TRUE(client->failed());
}

TEST_F(TlsSessionTest, ClientRefusesAnExpiredCertificate) {
    const Pem old = make_certificate(
        {.names = {"mcp.example.com"}, .valid_from_seconds = -7200, .valid_for_seconds = 3600},
        &authority);
    context = server_of({identity_of(old)});
    begin();
    carry(*client, *server);
    EXPECT_EQ(client->error(), "certificate verify failed: certificate has expired");
}

TEST_F(TlsSessionTest, OutlivesTheContextsThatMadeIt) {
    establish();
    context = server_of({identity_of(make_certificate())});
    clients = TlsClientContext(trust_in(authority));
    client->write("still");
    EXPECT_EQ(carry(*client, *server).to_server, "still");
}

}  // namespace
}  // namespace sluice::crypto
