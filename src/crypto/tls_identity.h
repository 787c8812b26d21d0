// TLS server certificate: a certificate chain and the leaf's private key.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"

struct ssl_credential_st;

namespace sluice::crypto {

/// Why a certificate or key is of no use.
struct TlsIdentityError {
    enum class Part { certificate, key };
    Part part;
    std::string text;  // a sentence without the file's name, which its reader knows
};

/// Immutable; shards share one.
class TlsIdentity {
public:
    /// certificates  PEM, the leaf first, then what leads to its root
    /// key           PEM: PKCS #8, or the traditional form of an EC or RSA key; not encrypted
    /// Errors: no or broken PEM, a key too weak, a key that is not the leaf's.
    static std::expected<TlsIdentity, TlsIdentityError> parse(std::string_view certificates,
                                                              const Secret& key);

    /// The subject's alternative names of DNS, in lower case; "*.example.com" may be among them.
    const std::vector<std::string>& names() const { return names_; }
    bool names_exactly(std::string_view name) const;
    /// `name` in lower case; a wildcard stands for exactly one label (RFC 9525 §6.3).
    bool covers(std::string_view name) const;
    WallTime valid_from() const { return valid_from_; }
    WallTime valid_until() const { return valid_until_; }

    ssl_credential_st* native() const { return credential_.get(); }

private:
    TlsIdentity() = default;

    std::shared_ptr<ssl_credential_st> credential_;
    std::vector<std::string> names_;
    WallTime valid_from_{};
    WallTime valid_until_{};
};

}  // namespace sluice::crypto
