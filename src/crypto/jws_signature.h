// JWS signature primitives (RFC 7518 §3) over BoringSSL's keys, for jwk.cc and signing_key.cc.
#pragma once

#include <string>
#include <string_view>

#include "crypto/jwk.h"

namespace sluice::crypto {

bool is_type_for(Jwk::Type type, JwsAlgorithm algorithm);

/// `key` is of the algorithm's type.
bool verify_signature(const evp_pkey_st& key, JwsAlgorithm algorithm, std::string_view text,
                      std::string_view signature);

/// `key` is private and of the algorithm's type. A key that cannot sign is our mistake.
std::string make_signature(const evp_pkey_st& key, JwsAlgorithm algorithm, std::string_view text);

}  // namespace sluice::crypto
