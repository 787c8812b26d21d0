#include "crypto/tls_server_context.h"

#include <openssl/ssl.h>

#include <array>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/check.h"
#include "crypto/tls_ciphers.h"
#include "crypto/tls_ticket_seal.h"

namespace sluice::crypto {
namespace {

constexpr std::string_view application_protocol = "http/1.1";

constexpr std::array<std::uint16_t, 3> groups = {SSL_GROUP_X25519_MLKEM768, SSL_GROUP_X25519,
                                                 SSL_GROUP_SECP256R1};

// A ticket is good for as long as its key is sure to be known.
constexpr std::uint32_t session_seconds = 24 * 60 * 60;

int choose_protocol(SSL*, const std::uint8_t** chosen, std::uint8_t* chosen_size,
                    const std::uint8_t* offered, unsigned offered_size, void*) {
    std::string_view rest(reinterpret_cast<const char*>(offered), offered_size);
    while (!rest.empty()) {
        const auto size = static_cast<std::uint8_t>(rest.front());
        const std::string_view protocol = rest.substr(1, size);
        if (protocol == application_protocol) {
            *chosen = reinterpret_cast<const std::uint8_t*>(protocol.data());
            *chosen_size = size;
            return SSL_TLSEXT_ERR_OK;
        }
        rest.remove_prefix(1 + protocol.size());
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;  // no_application_protocol
}

}  // namespace

struct TlsServerContext::State {
    std::vector<TlsIdentity> identities;
    TicketSealer sealer;
    bssl::UniquePtr<SSL_CTX> native;

    void offer(SSL* ssl, std::string_view name) const;
    static int choose_identity(SSL* ssl, void* state);
};

// Those with the exact name before those with a wildcard; the first of all for anybody else.
void TlsServerContext::State::offer(SSL* ssl, std::string_view name) const {
    bool any = false;
    for (const bool exact : {true, false}) {
        for (const TlsIdentity& identity : identities) {
            if (!identity.covers(name) || identity.names_exactly(name) != exact) continue;
            SSL_add1_credential(ssl, identity.native());
            any = true;
        }
    }
    if (any) return;
    for (const TlsIdentity& identity : identities) {
        if (&identity == &identities.front() || identity.names() == identities.front().names()) {
            SSL_add1_credential(ssl, identity.native());
        }
    }
}

int TlsServerContext::State::choose_identity(SSL* ssl, void* state) {
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    static_cast<const State*>(state)->offer(ssl, name != nullptr ? to_lower(name) : std::string());
    return 1;
}

TlsServerContext::TlsServerContext(std::vector<TlsIdentity> identities,
                                   std::shared_ptr<TlsTicketKeys> tickets, Clock& clock,
                                   Options options)
    : state_(std::make_shared<State>(
          std::move(identities), TicketSealer(std::move(tickets), clock),
          bssl::UniquePtr<SSL_CTX>(SSL_CTX_new(TLS_with_buffers_method())))) {
    SSL_CTX* ctx = state_->native.get();
    CHECK(ctx != nullptr && !state_->identities.empty());
    const bool one = options.version_min == TlsVersion::v1_3;
    bool ready = SSL_CTX_set_min_proto_version(ctx, one ? TLS1_3_VERSION : TLS1_2_VERSION) == 1;
    ready = ready && SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1;
    ready = ready && offer_ciphers(ctx);
    ready = ready && SSL_CTX_set1_group_ids(ctx, groups.data(), groups.size()) == 1;
    CHECK(ready, "TLS cannot be set up");
    SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, nullptr);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(ctx, session_seconds);
    SSL_CTX_set_session_psk_dhe_timeout(ctx, session_seconds);
    state_->sealer.install(ctx);
    if (state_->identities.size() == 1) {
        SSL_CTX_add1_credential(ctx, state_->identities.front().native());
    } else {
        SSL_CTX_set_cert_cb(ctx, State::choose_identity, state_.get());
    }
}

std::unique_ptr<TlsSession> TlsServerContext::accept() const {
    SSL* ssl = SSL_new(state_->native.get());
    CHECK(ssl != nullptr);
    SSL_set_accept_state(ssl);
    return std::make_unique<TlsSession>(ssl, state_);
}

}  // namespace sluice::crypto
