#include "server/certificates.h"

#include <utility>

namespace sluice::server {

CertificateNews read_certificates(const TlsConfig& tls, const Surroundings& surroundings) {
    Problems problems;
    CertificateNews news;
    news.identities = load_identities(tls.sources, surroundings, problems);
    news.problems = problems.take();
    return news;
}

}  // namespace sluice::server
