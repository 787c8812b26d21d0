#include "crypto/tls_client_context.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

#include "base/check.h"

namespace sluice::crypto {
namespace {

constexpr std::size_t sessions_max = 256;

constexpr std::array<std::uint16_t, 4> groups = {SSL_GROUP_X25519_MLKEM768, SSL_GROUP_X25519,
                                                 SSL_GROUP_SECP256R1, SSL_GROUP_SECP384R1};

constexpr std::string_view protocols = "\x08http/1.1";

constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

int session_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}
int state_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

bool is_ip(const std::string& host) {
    std::array<char, sizeof(in6_addr)> address;
    return inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
           inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

}  // namespace

std::expected<TlsTrust, std::string> TlsTrust::parse(std::string_view pem) {
    const bssl::UniquePtr<BIO> reader(
        BIO_new_mem_buf(pem.data(), static_cast<ossl_ssize_t>(pem.size())));
    const std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
    std::size_t count = 0;
    for (;;) {
        const bssl::UniquePtr<X509> certificate(
            PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr));
        if (!certificate) break;
        X509_STORE_add_cert(store.get(), certificate.get());
        ++count;
    }
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!at_end) return std::unexpected("A certificate in it is malformed.");
    if (count == 0) return std::unexpected("There is no certificate in it.");
    return TlsTrust(store);
}

std::expected<TlsTrust, std::string> TlsTrust::load(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::unexpected(path + " cannot be read.");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    auto trust = parse(text);
    if (!trust) return std::unexpected(path + ": " + trust.error());
    return trust;
}

std::string TlsTrust::system_path() {
    const char* chosen = std::getenv("SSL_CERT_FILE");
    if (chosen != nullptr && *chosen != '\0') return chosen;
    return "/etc/ssl/certs/ca-certificates.crt";
}

TlsTrust TlsTrust::nobody() {
    return TlsTrust(std::shared_ptr<X509_STORE>(X509_STORE_new(), X509_STORE_free));
}

struct TlsClientContext::State {
    bssl::UniquePtr<SSL_CTX> native;
    std::map<std::string, bssl::UniquePtr<SSL_SESSION>, std::less<>> sessions;

    static int keep(SSL* ssl, SSL_SESSION* session);
    void resume(SSL* ssl, std::string_view host);
};

// 1: the session is ours now.
int TlsClientContext::State::keep(SSL* ssl, SSL_SESSION* session) {
    auto& state = *static_cast<State*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), state_index()));
    const auto& owner = *static_cast<TlsSession*>(SSL_get_ex_data(ssl, session_index()));
    if (state.sessions.size() >= sessions_max) state.sessions.erase(state.sessions.begin());
    state.sessions[owner.resumption_name()].reset(session);
    CHECK(state.sessions.size() <= sessions_max);
    return 1;
}

// A ticket of TLS 1.3 is used once, so that connections cannot be linked by it (RFC 8446 §C.4).
void TlsClientContext::State::resume(SSL* ssl, std::string_view host) {
    const auto known = sessions.find(host);
    if (known == sessions.end()) return;
    SSL_set_session(ssl, known->second.get());
    if (SSL_SESSION_should_be_single_use(known->second.get())) sessions.erase(known);
}

TlsClientContext::TlsClientContext(const TlsTrust& trust, ServerCertificate certificate)
    : state_(std::make_shared<State>()) {
    state_->native.reset(SSL_CTX_new(TLS_method()));
    SSL_CTX* ctx = state_->native.get();
    bool ready = ctx != nullptr && SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1;
    ready = ready && SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1;
    ready = ready && SSL_CTX_set_strict_cipher_list(ctx, ciphers) == 1;
    ready = ready && SSL_CTX_set1_group_ids(ctx, groups.data(), groups.size()) == 1;
    ready = ready &&
            SSL_CTX_set_alpn_protos(ctx, reinterpret_cast<const std::uint8_t*>(protocols.data()),
                                    protocols.size()) == 0;
    ready = ready && SSL_CTX_set_ex_data(ctx, state_index(), state_.get()) == 1;
    CHECK(ready, "TLS cannot be set up");
    X509_STORE_up_ref(trust.native());
    SSL_CTX_set_cert_store(ctx, trust.native());
    const bool verifies = certificate == ServerCertificate::verified;
    SSL_CTX_set_verify(ctx, verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, State::keep);
}

TlsClientContext::~TlsClientContext() = default;

std::unique_ptr<TlsSession> TlsClientContext::connect(std::string_view host) const {
    CHECK(!host.empty(), "a certificate is verified against a name");
    SSL* ssl = SSL_new(state_->native.get());
    CHECK(ssl != nullptr);
    const std::string name(host);
    X509_VERIFY_PARAM* verify = SSL_get0_param(ssl);
    bool ready = true;
    if (is_ip(name)) {
        ready = X509_VERIFY_PARAM_set1_ip_asc(verify, name.c_str()) == 1;
    } else {
        X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        ready = X509_VERIFY_PARAM_set1_host(verify, name.data(), name.size()) == 1 &&
                SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
    }
    SSL_set_connect_state(ssl);
    auto session = std::make_unique<TlsSession>(ssl, state_);
    session->set_resumption_name(host);
    CHECK(ready && SSL_set_ex_data(ssl, session_index(), session.get()) == 1);
    state_->resume(ssl, host);
    return session;
}

}  // namespace sluice::crypto
