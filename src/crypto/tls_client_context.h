// TLS client context: whom to trust, session resumption, and how connections to servers begin.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/tls_session.h"

struct x509_store_st;

namespace sluice::crypto {

/// Certificate authorities. Immutable; shards share one.
class TlsTrust {
public:
    /// All certificates of a text in PEM. Errors: a sentence without the file's name.
    static std::expected<TlsTrust, std::string> parse(std::string_view pem);
    /// The same of a file, which errors name.
    static std::expected<TlsTrust, std::string> load(const std::string& path);
    /// Where the system keeps its authorities: SSL_CERT_FILE of the environment, else Debian's.
    static std::string system_path();
    /// No authority at all.
    static TlsTrust nobody();

    x509_store_st* native() const { return store_.get(); }

private:
    explicit TlsTrust(std::shared_ptr<x509_store_st> store) : store_(std::move(store)) {}
    std::shared_ptr<x509_store_st> store_;
};

/// TLS 1.2 or 1.3; the server's certificate must lead to `trust` and carry its name. Used on one
/// shard. Remembers what resumes a connection, for a bounded number of names.
class TlsClientContext {
public:
    /// ignored: whoever answers is believed, for load tests of servers with makeshift certificates.
    enum class ServerCertificate { verified, ignored };

    explicit TlsClientContext(const TlsTrust& trust,
                              ServerCertificate certificate = ServerCertificate::verified);
    TlsClientContext(TlsClientContext&&) noexcept = default;
    TlsClientContext& operator=(TlsClientContext&&) noexcept = default;
    ~TlsClientContext();

    /// A connection to `host`, a DNS name (sent as SNI) or the text of an IP address (IPv6 without
    /// brackets): the certificate must be for it.
    std::unique_ptr<TlsSession> connect(std::string_view host) const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace sluice::crypto
