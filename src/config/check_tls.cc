// The rules of [server.tls].
#include <fmt/chrono.h>

#include <algorithm>
#include <array>

#include "config/check.h"
#include "config/checks.h"
#include "config/tls_config.h"
#include "config/url_rules.h"
#include "http/address_scope.h"
#include "token/resource_identifier.h"

namespace sluice::config {
namespace {

using crypto::TlsVersion;
using Part = crypto::TlsIdentityError::Part;

std::optional<Secret> fetch_key(const RawTlsIdentity& source, const Environment& environment,
                                Problems& problems) {
    if (source.key.given && source.key_env.given) {
        problems.add(source.key_env.place, "cannot be combined with key: remove one of them");
        return std::nullopt;
    }
    if (source.key_env.given) {
        auto text = environment.variable(*source.key_env);
        if (text) return Secret(*std::move(text));
        problems.add(source.key_env.place,
                     fmt::format("the environment has no variable {}", *source.key_env));
        return std::nullopt;
    }
    if (!check_given(source.key, "the file that holds the certificate's private key, in PEM",
                     problems)) {
        return std::nullopt;
    }
    auto text = environment.file(*source.key);
    if (text) return Secret(*std::move(text));
    problems.add(source.key.place, fmt::format("{} cannot be read", *source.key));
    return std::nullopt;
}

void load_identity(const RawTlsIdentity& source, const Environment& environment,
                   std::vector<crypto::TlsIdentity>& identities, Problems& problems) {
    const std::optional<Secret> key = fetch_key(source, environment, problems);
    if (!check_given(source.certificate, "the file that holds the certificate, in PEM", problems)) {
        return;
    }
    const auto certificates = environment.file(*source.certificate);
    if (!certificates) {
        problems.add(source.certificate.place,
                     fmt::format("{} cannot be read", *source.certificate));
    }
    if (!key || !certificates) return;
    auto identity = crypto::TlsIdentity::parse(*certificates, *key);
    if (identity) {
        identities.push_back(*std::move(identity));
    } else if (identity.error().part == Part::certificate) {
        problems.add(source.certificate.place,
                     fmt::format("{}: {}", *source.certificate, identity.error().text));
    } else {
        const auto& used = source.key_env.given ? source.key_env : source.key;
        problems.add(used.place, fmt::format("{}: {}", *used, identity.error().text));
    }
}

Seconds check_hsts(const Setting<Duration>& setting, const ServerConfig& server,
                   Problems& problems) {
    using namespace std::chrono_literals;
    const Duration hsts = check_range<Duration>(setting, 0s, std::chrono::days(3650), problems);
    const bool secure = server.public_url.starts_with("https://");
    if (setting.given && hsts > 0s && !secure && !server.public_url.empty()) {
        problems.add(setting.place, "has no effect: public_url does not begin with https://");
    }
    // A browser would force TLS on every port of its own machine.
    const auto url = token::ResourceIdentifier::parse(server.public_url);
    if (!secure || !url || is_loopback_host(url->host())) return {};
    return std::chrono::floor<Seconds>(hsts);
}

}  // namespace

std::vector<crypto::TlsIdentity> load_identities(const std::vector<RawTlsIdentity>& sources,
                                                 const Environment& environment,
                                                 Problems& problems) {
    std::vector<crypto::TlsIdentity> identities;
    for (const RawTlsIdentity& source : sources) {
        load_identity(source, environment, identities, problems);
    }
    return identities;
}

TlsConfig check_tls(const RawTls& raw, const ServerConfig& server, const Environment& environment,
                    Problems& problems) {
    constexpr std::array<std::pair<std::string_view, TlsVersion>, 2> versions{
        {{"1.2", TlsVersion::v1_2}, {"1.3", TlsVersion::v1_3}}};
    TlsConfig tls;
    tls.sources.push_back(raw);
    tls.sources.insert(tls.sources.end(), raw.also.begin(), raw.also.end());
    tls.identities = load_identities(tls.sources, environment, problems);
    tls.version_min = choose(raw.min_version, versions, problems).value_or(TlsVersion::v1_2);
    tls.hsts = check_hsts(raw.hsts, server, problems);
    return tls;
}

std::vector<std::string> oddities(const TlsConfig& tls,
                                  const std::vector<crypto::TlsIdentity>& identities,
                                  std::string_view public_url, WallTime now) {
    std::vector<std::string> odd;
    for (std::size_t i = 0; i < identities.size() && i < tls.sources.size(); ++i) {
        const crypto::TlsIdentity& identity = identities[i];
        const std::string& key = tls.sources[i].certificate.place.key;
        const auto add = [&](std::string_view what, WallTime time) {
            odd.push_back(fmt::format("{}: the certificate {} {:%Y-%m-%d %H:%M} UTC", key, what,
                                      std::chrono::floor<Seconds>(time)));
        };
        if (now > identity.valid_until()) add("expired on", identity.valid_until());
        if (now < identity.valid_from()) add("is not valid before", identity.valid_from());
    }
    const auto url = token::ResourceIdentifier::parse(public_url);
    if (!url || http::address_scope(url->host()) || is_loopback_host(url->host())) return odd;
    const bool covered = std::ranges::any_of(
        identities, [&](const auto& identity) { return identity.covers(url->host()); });
    if (!covered) {
        odd.push_back(fmt::format("server.tls: no certificate is for {}, the host of public_url",
                                  url->host()));
    }
    return odd;
}

}  // namespace sluice::config
