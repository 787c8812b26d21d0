// Certificates made while a test runs, so that none is stored and none expires.
#pragma once

#include <string>
#include <vector>

namespace sluice::simulation {

struct Pem {
    std::string certificate;  // a chain: the leaf first
    std::string key;
};

struct CertificateWish {
    std::vector<std::string> names = {"localhost"};
    bool rsa = false;  // else P-256
    unsigned rsa_bits = 2048;
    bool authority = false;
    long valid_from_seconds = -3600;  // from now
    long valid_for_seconds = 86400;
};

/// Signed by itself where there is no issuer. An IP address among the names is put as one.
Pem make_certificate(const CertificateWish& wish, const Pem* issuer = nullptr);
inline Pem make_certificate() {
    return make_certificate(CertificateWish{});
}

}  // namespace sluice::simulation
