// TLS server context: certificates by SNI, ALPN, session tickets; connections begin here.
#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "crypto/tls_identity.h"
#include "crypto/tls_session.h"
#include "crypto/tls_ticket_keys.h"

namespace sluice::crypto {

enum class TlsVersion { v1_2, v1_3 };

/// Used on one shard. Offers TLS 1.2 with forward secrecy and AEAD only, and TLS 1.3;
/// X25519MLKEM768 before X25519 before P-256; of application protocols http/1.1, and ends the
/// handshake of a client that offers only others (RFC 7301 §3.2). Asks for no certificate, keeps no
/// sessions but by ticket.
class TlsServerContext {
public:
    struct Options {
        TlsVersion version_min = TlsVersion::v1_2;
    };

    /// identities   At least one. The first serves whoever names no host or an unknown one; of
    /// those
    ///              that cover the name, the client gets the first whose key it can verify.
    /// tickets      Outlives the sessions through this context, and its successors.
    /// clock        For the tickets' keys; outlives the same.
    TlsServerContext(std::vector<TlsIdentity> identities, std::shared_ptr<TlsTicketKeys> tickets,
                     Clock& clock, Options options);
    TlsServerContext(std::vector<TlsIdentity> identities, std::shared_ptr<TlsTicketKeys> tickets,
                     Clock& clock)
        : TlsServerContext(std::move(identities), std::move(tickets), clock, Options()) {}

    std::unique_ptr<TlsSession> accept() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace sluice::crypto
