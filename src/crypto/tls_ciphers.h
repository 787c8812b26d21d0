// TLS cipher preference of a server: the cheapest strong cipher, unless the client knows better.
#pragma once

struct ssl_ctx_st;

namespace sluice::crypto {

/// AES with 128 bits before 256 before ChaCha20, all with forward secrecy and AEAD; ChaCha20 first
/// for a client that lists it first: so it does where it has no AES in hardware. False: no memory.
bool offer_ciphers(ssl_ctx_st* context);

}  // namespace sluice::crypto
