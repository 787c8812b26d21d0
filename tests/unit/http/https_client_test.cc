// The pooled client over TLS: whom it believes, and what it takes for a complete answer.
#include <gtest/gtest.h>

#include "crypto/tls_server_context.h"
#include "tests/support/certificates.h"
#include "tests/unit/http/upstream_support.h"

namespace sluice::http {
namespace {

using simulation::BytePeer;
using simulation::FaultRates;
using simulation::make_certificate;
using simulation::Pem;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const HttpUrl secure_url = *HttpUrl::parse("https://127.0.0.1:9000/");

/// Made once: the names, the times and the issuer are what the cases differ in.
struct Certificates {
    Pem authority = make_certificate({.names = {"authority"}, .authority = true});
    Pem good = make_certificate({.names = {"127.0.0.1"}}, &authority);
    Pem other_name = make_certificate({.names = {"other.example", "127.0.0.2"}}, &authority);
    Pem expired = make_certificate(
        {.names = {"127.0.0.1"}, .valid_from_seconds = -7200, .valid_for_seconds = 3600},
        &authority);
    Pem future = make_certificate({.names = {"127.0.0.1"}, .valid_from_seconds = 3600}, &authority);
    Pem self_signed = make_certificate({.names = {"127.0.0.1"}});
    crypto::TlsTrust trust = *crypto::TlsTrust::parse(authority.certificate);
};

const Certificates& certificates() {
    static const Certificates made;
    return made;
}

/// The server's side of TLS with one certificate.
class TlsUpstream {
public:
    explicit TlsUpstream(const Pem& pem)
        : context_(
              {*crypto::TlsIdentity::parse(pem.certificate, Secret(pem.key))},
              std::make_shared<crypto::TlsTicketKeys>(Secret(std::string("seed")), MonotonicTime{}),
              clock_) {}

    /// `script` behind the handshake.
    UpstreamScript behind(UpstreamScript script) {
        return [this, script](io::Shard& shard, BytePeer& peer, std::size_t index) {
            return serve(script, &shard, &peer, index);
        };
    }
    std::size_t resumed() const { return resumed_; }

private:
    io::Task<void> serve(UpstreamScript script, io::Shard* shard, BytePeer* peer,
                         std::size_t index) {
        peer->stream().start_tls(context_.accept(), buffers_);
        if (!co_await peer->stream().handshake()) co_return;
        if (peer->stream().tls()->resumed()) ++resumed_;
        co_await script(*shard, *peer, index);
    }

    SystemClock clock_;
    crypto::TlsServerContext context_;
    io::TlsBuffers buffers_;
    std::size_t resumed_ = 0;
};

io::Task<std::string> call(TestClient& client, const crypto::TlsTrust* trust,
                           CallOptions options = {}) {
    OutgoingRequest request;
    request.set(Method::get, "/mcp");
    Origin& origin = client.client.origin(secure_url, trust);
    auto response = co_await client.client.send(origin, request, options);
    if (!response) co_return std::string(response.error().description);
    std::string body;
    const auto read = co_await response->read_body(body, 100'000);
    co_return read ? body : std::string(read.error().description);
}

std::string answer_of(const Pem& pem, UpstreamScript script = always(ok)) {
    TlsUpstream upstream(pem);
    std::string answer;
    with_upstream(upstream.behind(std::move(script)), [&](TestClient& client) -> io::Task<void> {
        answer = co_await call(client, &certificates().trust);
    });
    return answer;
}

TEST(HttpsClient, TalksToWhomItTrustsHoweverTheBytesArrive) {
    for (const std::uint64_t seed : simulation::seeds(20)) {
        TlsUpstream upstream(certificates().good);
        std::size_t connections = 0;
        with_upstream(
            upstream.behind(always(ok)),
            [](TestClient& client) -> io::Task<void> {
                for (int i = 0; i < 3; ++i) {
                    EXPECT_EQ(co_await call(client, &certificates().trust), "ok");
                }
            },
            FaultRates::harmless(), seed, &connections);
        EXPECT_EQ(connections, 1U);
    }
}

TEST(HttpsClient, GivesTheWholeAnswerOrAnErrorWhateverBreaks) {
    FaultRates faults = FaultRates::harmless();
    faults.reset = 40;
    faults.refuse = 100;
    const std::string long_answer = std::string(50'000, 'x');
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n" + long_answer;
    std::size_t whole = 0;
    std::size_t failed = 0;
    for (const std::uint64_t seed : simulation::seeds(100)) {
        TlsUpstream upstream(certificates().good);
        with_upstream(
            upstream.behind(always(answer)),
            [&](TestClient& client) -> io::Task<void> {
                for (int i = 0; i < 4; ++i) {
                    const std::string got = co_await call(client, &certificates().trust);
                    EXPECT_TRUE(got == long_answer || got.starts_with("The server ")) << got;
                    ++(got == long_answer ? whole : failed);
                }
            },
            faults, seed);
    }
    EXPECT_GT(whole, 0U);
    EXPECT_GT(failed, 0U);
}

TEST(HttpsClient, TellsWhyItBelievesACertificateNot) {
    EXPECT_EQ(answer_of(certificates().good), "ok");
    EXPECT_EQ(answer_of(certificates().expired), "The server's certificate has expired.");
    EXPECT_EQ(answer_of(certificates().future), "The server's certificate is not valid yet.");
    EXPECT_EQ(answer_of(certificates().other_name),
              "The server's certificate does not match the server's name.");
    EXPECT_EQ(answer_of(certificates().self_signed),
              "The server's certificate was not issued by a trusted authority.");
    EXPECT_EQ(answer_of(make_certificate({.names = {"127.0.0.1"}}, &certificates().self_signed)),
              "The server's certificate was not issued by a trusted authority.");
}

TEST(HttpsClient, TellsThatTheOtherSideSpeaksNoTls) {
    const auto answer_to = [](const std::string& bytes) {
        std::string answer;
        with_upstream(
            [&](io::Shard&, BytePeer& peer, std::size_t) -> io::Task<void> {
                co_await peer.take(5);
                co_await peer.send(bytes);
            },
            [&](TestClient& client) -> io::Task<void> {
                answer = co_await call(client, &certificates().trust);
            });
        return answer;
    };
    EXPECT_EQ(answer_to("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
              "The server does not speak TLS on this port.");
    EXPECT_EQ(answer_to(""), "The server closed the connection during the TLS handshake.");
}

TEST(HttpsClient, NeverConnectsWithoutTrust) {
    EXPECT_NE(answer_of(certificates().good), "");
    std::size_t connections = 0;
    with_upstream(
        always(ok),
        [](TestClient& client) -> io::Task<void> {
            EXPECT_EQ(co_await call(client, nullptr),
                      "No certificate authority is trusted for the server.");
        },
        {}, 1, &connections);
    EXPECT_EQ(connections, 0U);
}

TEST(HttpsClient, TakesNoTruncatedBodyForACompleteOne) {
    const std::string head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    const auto send_and = [](std::string bytes, bool announced) -> UpstreamScript {
        return [=](io::Shard&, BytePeer& peer, std::size_t) -> io::Task<void> {
            co_await peer.take_through("\r\n\r\n");
            co_await peer.send(bytes);
            if (announced) peer.stream().end_sending();
            if (announced) co_await peer.take_to_end();
        };
    };
    constexpr std::string_view cut =
        "The server closed the connection before its response was complete.";
    EXPECT_EQ(answer_of(certificates().good, send_and(head + "whole", true)), "whole");
    EXPECT_EQ(answer_of(certificates().good, send_and(head + "cut", false)), cut);
    EXPECT_EQ(answer_of(certificates().good,
                        send_and("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut", true)),
              cut);
}

TEST(HttpsClient, SharesNothingBetweenDifferentTrust) {
    const auto other = *crypto::TlsTrust::parse(certificates().self_signed.certificate);
    TlsUpstream upstream(certificates().good);
    with_upstream(upstream.behind(always(ok)), [&](TestClient& client) -> io::Task<void> {
        const crypto::TlsTrust* trust = &certificates().trust;
        EXPECT_EQ(&client.client.origin(secure_url, trust),
                  &client.client.origin(secure_url, trust));
        EXPECT_NE(&client.client.origin(secure_url, trust),
                  &client.client.origin(secure_url, &other));
        EXPECT_NE(&client.client.origin(secure_url, trust), &client.client.origin(upstream_url));
        EXPECT_EQ(co_await call(client, trust), "ok");
        EXPECT_EQ(co_await call(client, &other),
                  "The server's certificate was not issued by a trusted authority.");
    });
}

TEST(HttpsClient, ResumesWithAServerItHasTalkedTo) {
    TlsUpstream upstream(certificates().good);
    const UpstreamScript once = [](io::Shard&, BytePeer& peer, std::size_t) -> io::Task<void> {
        co_await peer.take_through("\r\n\r\n");
        co_await peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        peer.stream().end_sending();
    };
    with_upstream(upstream.behind(once), [](TestClient& client) -> io::Task<void> {
        for (int i = 0; i < 3; ++i) EXPECT_EQ(co_await call(client, &certificates().trust), "ok");
    });
    EXPECT_EQ(upstream.resumed(), 2U);
}

TEST(HttpsClient, GivesTheHandshakeTheTimeOfConnecting) {
    with_upstream([](io::Shard&, BytePeer& peer,
                     std::size_t) -> io::Task<void> { co_await peer.take_to_end(); },
                  [](TestClient& client) -> io::Task<void> {
                      const MonotonicTime start = client.shard.now();
                      EXPECT_EQ(co_await call(client, &certificates().trust,
                                              {.connect_timeout = milliseconds{700}}),
                                "The server did not answer in time.");
                      EXPECT_LT(client.shard.now() - start, seconds{1});
                  });
}

}  // namespace
}  // namespace sluice::http
