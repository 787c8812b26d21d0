#include "http/tls_fault.h"

#include <array>
#include <string_view>

namespace sluice::http {
namespace {

struct Reason {
    std::string_view words;  // of TlsSession::error()
    std::string_view description;
};

constexpr std::string_view unknown_issuer =
    "The server's certificate was not issued by a trusted authority.";
constexpr std::string_view other_name =
    "The server's certificate does not match the server's name.";

constexpr std::string_view other_versions = "The server speaks neither TLS 1.2 nor TLS 1.3.";

// The first that is found counts.
constexpr std::array<Reason, 12> reasons{{
    {"has expired", "The server's certificate has expired."},
    {"not yet valid", "The server's certificate is not valid yet."},
    {"Hostname mismatch", other_name},
    {"IP address mismatch", other_name},
    {"self signed", unknown_issuer},
    {"issuer", unknown_issuer},
    {"first certificate", unknown_issuer},
    {"certificate verify failed", "The server's certificate was not accepted."},
    {"protocol version", other_versions},
    {"unsupported protocol", other_versions},
    {"no application protocol", "The server does not offer HTTP/1.1."},
    {"wrong version number", "The server does not speak TLS on this port."},
}};

}  // namespace

ClientError tls_error(const crypto::TlsSession& session, io::Error error) {
    using enum ClientError::Kind;
    if (session.failed()) {
        for (const Reason& reason : reasons) {
            if (session.error().contains(reason.words)) return {refused, reason.description};
        }
        return {refused, "The TLS handshake with the server failed."};
    }
    if (error.timed_out() || error.cancelled()) return client_error(error, refused);
    return {refused, "The server closed the connection during the TLS handshake."};
}

}  // namespace sluice::http
