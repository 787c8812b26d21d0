// What SIGHUP brings a shard; and its certificates, those of the start too.
#include "server/shard_service.h"

namespace sluice::server {

void ShardService::use_certificates(const std::vector<crypto::TlsIdentity>& identities) {
    const crypto::TlsServerContext::Options options = {
        .version_min = process_.config.server().tls->version_min};
    server_.set_tls(crypto::TlsServerContext(identities, ticket_keys_, clock_, options));
}

void ShardService::reload(const ReloadedFiles& reloaded) {
    if (shard_.index() == 0) log_configuration(reloaded);
    if (reloaded.certificates) reload(*reloaded.certificates);
    if (reloaded.sealing_keys && shard_.index() == 0) storage_.reseal(*reloaded.sealing_keys);
}

void ShardService::log_configuration(const ReloadedFiles& reloaded) {
    for (const config::Problem& problem : reloaded.problems) {
        log_.line(LogLevel::error, shard_.wall_now(), "configuration_refused")
            .add("line", problem.line)
            .add("key", problem.key)
            .add("problem", problem.text);
    }
    for (const std::string& key : reloaded.changed_keys) {
        log_.line(LogLevel::warning, shard_.wall_now(), "configuration_changed")
            .add("key", key)
            .add("detail", "a restart brings it into force");
    }
    if (!reloaded.problems.empty() || !reloaded.changed_keys.empty()) return;
    log_.line(LogLevel::info, shard_.wall_now(), "configuration_unchanged");
}

void ShardService::reload(const ReloadedCertificates& reloaded) {
    if (reloaded.problems.empty()) use_certificates(reloaded.identities);
    if (shard_.index() != 0) return;
    for (const config::Problem& problem : reloaded.problems) {
        log_.line(LogLevel::error, shard_.wall_now(), "certificates_refused")
            .add("line", problem.line)
            .add("key", problem.key)
            .add("problem", problem.text);
    }
    if (!reloaded.problems.empty()) return;
    log_.line(LogLevel::info, shard_.wall_now(), "certificates_read")
        .add("count", reloaded.identities.size());
    log_odd_certificates(reloaded.identities);
}

void ShardService::log_odd_certificates(const std::vector<crypto::TlsIdentity>& identities) {
    if (shard_.index() != 0) return;
    const config::ServerConfig& config = process_.config.server();
    for (const std::string& odd :
         config::oddities(*config.tls, identities, config.public_url, shard_.wall_now())) {
        log_.line(LogLevel::warning, shard_.wall_now(), "certificate_warning").add("problem", odd);
    }
}

}  // namespace sluice::server
