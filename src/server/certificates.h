// Certificate hot reload: the certificates in use, replaced while connections go on.
#pragma once

#include <vector>

#include "config/environment.h"
#include "config/problem.h"
#include "config/tls_config.h"
#include "crypto/tls_identity.h"
#include "crypto/tls_ticket_keys.h"
#include "io/shard.h"

namespace sluice::server {

/// A shard's time, for what takes a clock.
class ShardClock final : public Clock {
public:
    explicit ShardClock(io::Shard& shard) : shard_(shard) {}
    MonotonicTime monotonic() override { return shard_.now(); }
    WallTime wall() override { return shard_.wall_now(); }

private:
    io::Shard& shard_;
};

/// What came of reading the files anew: identities to use from now on, or why those in use stay.
struct ReloadedCertificates {
    std::vector<crypto::TlsIdentity> identities;
    std::vector<config::Problem> problems;
};

ReloadedCertificates read_certificates(const config::TlsConfig& tls,
                                       const config::Environment& environment);

}  // namespace sluice::server
