// [server.tls] settings, checked, with the certificates themselves; they can be read again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "config/environment.h"
#include "config/problem.h"
#include "config/raw_tls.h"
#include "crypto/tls_identity.h"
#include "crypto/tls_server_context.h"
#include "io/address.h"

namespace sluice::config {

struct TlsConfig {
    std::vector<RawTlsIdentity> sources;          // in the order of:
    std::vector<crypto::TlsIdentity> identities;  // at least one
    std::vector<io::Address> listen;              // empty: all of ServerConfig::listen
    crypto::TlsVersion version_min = crypto::TlsVersion::v1_2;
    Seconds hsts{};  // zero: none
};

/// The certificates and keys that `sources` name. Usable only while `problems` is empty.
std::vector<crypto::TlsIdentity> load_identities(const std::vector<RawTlsIdentity>& sources,
                                                 const Environment& environment,
                                                 Problems& problems);

/// What is allowed and hardly meant: a certificate that is out of its time at `now`, or none that
/// covers the host of `public_url`. `identities` are those of the sources of `tls`. One sentence
/// each, which begins with the key.
std::vector<std::string> oddities(const TlsConfig& tls,
                                  const std::vector<crypto::TlsIdentity>& identities,
                                  std::string_view public_url, WallTime now);

}  // namespace sluice::config
