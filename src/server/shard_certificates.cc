// What SIGHUP brings a shard; and its certificates, those of the start too.
#include "server/shard_service.h"

namespace sluice::server {

void ShardService::use_certificates(const std::vector<crypto::TlsIdentity>& identities) {
    const crypto::TlsServerContext::Options options = {
        .version_min = process_.config.server().tls->version_min};
    server_.set_tls(crypto::TlsServerContext(identities, ticket_keys_, clock_, options));
}

void ShardService::hear(const FileNews& news) {
    if (news.certificates) hear(*news.certificates);
    if (news.sealing_keys && shard_.index() == 0) storage_.reseal(*news.sealing_keys);
}

void ShardService::hear(const CertificateNews& news) {
    if (news.problems.empty()) use_certificates(news.identities);
    if (shard_.index() != 0) return;
    for (const Problem& problem : news.problems) {
        log_.line(LogLevel::error, shard_.wall_now(), "certificates_refused")
            .add("line", problem.line)
            .add("key", problem.key)
            .add("problem", problem.text);
    }
    if (!news.problems.empty()) return;
    log_.line(LogLevel::info, shard_.wall_now(), "certificates_read")
        .add("count", news.identities.size());
    log_odd_certificates(news.identities);
}

void ShardService::log_odd_certificates(const std::vector<crypto::TlsIdentity>& identities) {
    if (shard_.index() != 0) return;
    const ServerConfig& config = process_.config.server();
    for (const std::string& odd :
         oddities(*config.tls, identities, config.public_url, shard_.wall_now())) {
        log_.line(LogLevel::warning, shard_.wall_now(), "certificate_odd").add("problem", odd);
    }
}

}  // namespace sluice::server
