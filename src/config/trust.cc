#include "config/trust.h"

#include <fmt/format.h>

#include "http/uri.h"

namespace sluice::config {

std::optional<crypto::TlsTrust> TrustReader::read(const Setting<std::string>& url,
                                                  const Setting<std::string>& ca) {
    const auto parsed = http::HttpUrl::parse(*url);
    return parsed ? read(parsed->secure(), url.place, ca) : std::nullopt;
}

std::optional<crypto::TlsTrust> TrustReader::read(bool secure, const Place& place,
                                                  const Setting<std::string>& ca) {
    if (secure) return ca.given ? read_file(ca) : read_system(place, ca);
    if (ca.given) {
        problems_.add(ca.place, "has no effect: the URL does not use TLS");
    }
    return std::nullopt;
}

std::optional<crypto::TlsTrust> TrustReader::read_file(const Setting<std::string>& ca) {
    const auto pem = environment_.file(*ca);
    if (!pem) {
        problems_.add(ca.place, fmt::format("the file {} cannot be read", *ca));
        return std::nullopt;
    }
    auto trust = crypto::TlsTrust::parse(*pem);
    if (trust) return *std::move(trust);
    problems_.add(ca.place,
                  fmt::format("{} is not a file of PEM certificates: {}", *ca, trust.error()));
    return std::nullopt;
}

std::optional<crypto::TlsTrust> TrustReader::read_system(const Place& place,
                                                         const Setting<std::string>& ca) {
    if (system_) return system_;
    const std::string path = crypto::TlsTrust::system_path();
    const auto pem = environment_.file(path);
    auto trust = crypto::TlsTrust::parse(pem.value_or(""));
    if (trust) return system_ = *std::move(trust);
    problems_.add(place, fmt::format("speaks TLS, but {} has no authorities to verify it by: "
                                     "install the package ca-certificates, name another file by "
                                     "the environment variable SSL_CERT_FILE, or write {}",
                                     path, ca.place.key));
    return std::nullopt;
}

}  // namespace sluice::config
