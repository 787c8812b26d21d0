#include "server/certificates.h"

#include <utility>

namespace sluice::server {

ReloadedCertificates read_certificates(const config::TlsConfig& tls,
                                       const config::Environment& environment) {
    config::Problems problems;
    ReloadedCertificates reloaded;
    reloaded.identities = config::load_identities(tls.sources, environment, problems);
    reloaded.problems = problems.take();
    return reloaded;
}

}  // namespace sluice::server
