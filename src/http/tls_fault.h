// TLS errors of upstream connections, so that an operator knows what to look at.
#pragma once

#include "crypto/tls_session.h"
#include "http/client_error.h"
#include "io/error.h"

namespace sluice::http {

/// error  What the handshake of `session`, a client's, ended with.
ClientError tls_error(const crypto::TlsSession& session, io::Error error);

}  // namespace sluice::http
