// Two ends of TLS in memory, and clients that a proper one would not be.
#pragma once

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crypto/tls_client_context.h"
#include "crypto/tls_server_context.h"
#include "tests/support/certificates.h"

namespace sluice::crypto {

using simulation::CertificateWish;
using simulation::make_certificate;
using simulation::Pem;

inline TlsIdentity identity_of(const Pem& pem) {
    auto identity = TlsIdentity::parse(pem.certificate, Secret(pem.key));
    EXPECT_TRUE(identity.has_value()) << (identity ? "" : identity.error().text);
    return *std::move(identity);
}

inline TlsTrust trust_in(const Pem& pem) {
    auto trust = TlsTrust::parse(pem.certificate);
    EXPECT_TRUE(trust.has_value());
    return *std::move(trust);
}

inline std::shared_ptr<TlsTicketKeys> ticket_keys(std::string_view seed = "seed") {
    return std::make_shared<TlsTicketKeys>(Secret(std::string(seed)), MonotonicTime{});
}

inline std::string read_all(TlsSession& session) {
    std::string all;
    char piece[1000];
    while (session.has_plaintext()) all.append(piece, session.read(piece));
    return all;
}

/// Carries what both put out to the other, `step` bytes at a time, until there is no more. Gives
/// what each could read.
struct Carried {
    std::string to_client;
    std::string to_server;
};

inline void carry_one_way(TlsSession& from, TlsSession& to, std::size_t step, std::string& read) {
    const std::string bytes = std::exchange(from.output(), {});
    for (std::size_t at = 0; at < bytes.size();) {
        const std::string_view piece = std::string_view(bytes).substr(at, step);
        at += to.feed(piece);
        read += read_all(to);
    }
}

inline Carried carry(TlsSession& client, TlsSession& server, std::size_t step = 100'000) {
    Carried carried;
    while (!client.output().empty() || !server.output().empty()) {
        carry_one_way(client, server, step, carried.to_server);
        carry_one_way(server, client, step, carried.to_client);
    }
    return carried;
}

/// A client that trusts anybody and is set up by `set`.
inline std::unique_ptr<TlsSession> client_with(const std::function<void(SSL_CTX*)>& set,
                                               const char* name = nullptr) {
    std::shared_ptr<SSL_CTX> ctx(SSL_CTX_new(TLS_method()), SSL_CTX_free);
    SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_NONE, nullptr);
    set(ctx.get());
    SSL* ssl = SSL_new(ctx.get());
    SSL_set_connect_state(ssl);
    if (name != nullptr) SSL_set_tlsext_host_name(ssl, name);
    auto session = std::make_unique<TlsSession>(ssl, ctx);
    session->start();
    return session;
}

struct TlsTest : testing::Test {
    TlsServerContext server_of(std::vector<TlsIdentity> identities,
                               TlsServerContext::Options options = {}) {
        return TlsServerContext(std::move(identities), tickets, clock, options);
    }

    ManualClock clock;
    std::shared_ptr<TlsTicketKeys> tickets = ticket_keys();
    const Pem authority = make_certificate({.names = {"Authority"}, .authority = true});
    const Pem leaf = make_certificate({.names = {"mcp.example.com", "127.0.0.1"}}, &authority);
};

}  // namespace sluice::crypto
