#include "crypto/tls_session.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace sluice::crypto {

/// What BoringSSL reads and writes: the session's own memory.
struct TlsTransport {
    static TlsSession& session_of(BIO* bio) { return *static_cast<TlsSession*>(BIO_get_data(bio)); }

    static int read(BIO* bio, char* into, int size) {
        std::string_view& input = session_of(bio).input_;
        BIO_clear_retry_flags(bio);
        if (input.empty()) {
            BIO_set_retry_read(bio);
            return -1;
        }
        const std::size_t count = std::min(input.size(), static_cast<std::size_t>(size));
        std::memcpy(into, input.data(), count);
        input.remove_prefix(count);
        return static_cast<int>(count);
    }

    static int write(BIO* bio, const char* bytes, int size) {
        session_of(bio).output_.append(bytes, static_cast<std::size_t>(size));
        return size;
    }

    static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH; }

    // Immutable once made.
    static const BIO_METHOD* method() {
        static const bssl::UniquePtr<BIO_METHOD> made = [] {
            bssl::UniquePtr<BIO_METHOD> method(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "session"));
            CHECK(method);
            BIO_meth_set_read(method.get(), read);
            BIO_meth_set_write(method.get(), write);
            BIO_meth_set_ctrl(method.get(), control);
            return method;
        }();
        return made.get();
    }
};

namespace {

bool is_upper_case(char c) {
    return c >= 'A' && c <= 'Z';
}

std::string reason_of(std::uint32_t error) {
    const char* reason = ERR_reason_error_string(error);
    std::string text = reason != nullptr ? reason : "unknown error";
    for (char& c : text) {
        if (c == '_') c = ' ';
        if (is_upper_case(c)) c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

}  // namespace

void TlsSession::Free::operator()(ssl_st* ssl) const {
    SSL_free(ssl);
}

TlsSession::TlsSession(ssl_st* ssl, std::shared_ptr<const void> context)
    : context_(std::move(context)), ssl_(ssl) {
    BIO* bio = BIO_new(TlsTransport::method());
    CHECK(bio != nullptr);
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_shed_handshake_config(ssl, 1);
}

TlsSession::~TlsSession() = default;

void TlsSession::start() {
    CHECK(!established_ && !started_, "a session starts once");
    if (!SSL_is_server(ssl_.get())) advance();
}

std::size_t TlsSession::feed(std::string_view ciphertext) {
    CHECK(input_.empty(), "fed from within");
    if (failed_ || ended_by_peer_) return ciphertext.size();
    if (looks_plain(ciphertext)) return ciphertext.size();
    input_ = ciphertext;
    advance();
    const std::size_t taken =
        has_plaintext_ ? ciphertext.size() - input_.size() : ciphertext.size();
    input_ = {};
    return taken;
}

// No record begins with a letter: 20 to 23 are the types, and an old hello has the high bit set.
bool TlsSession::looks_plain(std::string_view first) {
    if (started_ || first.empty()) return false;
    started_ = true;
    if (!SSL_is_server(ssl_.get()) || !is_upper_case(first.front())) return false;
    failed_ = looks_like_http_ = true;
    error_ = "plain HTTP";
    return true;
}

// Goes on until there is plaintext or nothing to read.
void TlsSession::advance() {
    if (failed_ || ended_by_peer_) return;
    char first = 0;
    const int result = SSL_peek(ssl_.get(), &first, 1);
    if (!established_ && SSL_in_init(ssl_.get()) == 0) established_ = true;
    has_plaintext_ = result > 0;
    if (!has_plaintext_) fail(result);
}

void TlsSession::fail(int result) {
    const int kind = SSL_get_error(ssl_.get(), result);
    if (kind == SSL_ERROR_WANT_READ) return;
    if (kind == SSL_ERROR_ZERO_RETURN) {
        ended_by_peer_ = true;
        return;
    }
    failed_ = true;
    const std::uint32_t error = ERR_peek_error();
    error_ = reason_of(error);
    if (ERR_GET_LIB(error) == ERR_LIB_SSL &&
        ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED) {
        error_ += ": ";
        error_ += X509_verify_cert_error_string(SSL_get_verify_result(ssl_.get()));
    }
    ERR_clear_error();
}

std::size_t TlsSession::read(std::span<char> into) {
    CHECK(!has_plaintext_ || established_, "plaintext before the handshake was done");
    if (!has_plaintext_ || into.empty()) return 0;
    const int size = static_cast<int>(std::min<std::size_t>(into.size(), INT_MAX));
    const int count = SSL_read(ssl_.get(), into.data(), size);
    CHECK(count > 0, "plaintext that was there is gone");
    has_plaintext_ = SSL_pending(ssl_.get()) > 0;
    return static_cast<std::size_t>(count);
}

bool TlsSession::write(std::string_view plaintext) {
    CHECK(established_, "written before the handshake was done");
    while (!plaintext.empty()) {
        const int size = static_cast<int>(std::min<std::size_t>(plaintext.size(), INT_MAX));
        const int count = failed_ ? -1 : SSL_write(ssl_.get(), plaintext.data(), size);
        if (count <= 0) {
            if (!failed_) fail(count);
            return false;
        }
        plaintext.remove_prefix(static_cast<std::size_t>(count));
    }
    return !failed_;
}

void TlsSession::end_writing() {
    if (established_ && !failed_) SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

bool TlsSession::resumed() const {
    return SSL_session_reused(ssl_.get()) != 0;
}

TlsDetails TlsSession::details() const {
    CHECK(established_, "nothing is agreed on before the handshake is done");
    TlsDetails details;
    const ssl_st* ssl = ssl_.get();
    details.version = SSL_get_version(ssl);
    details.cipher = SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl));
    if (const char* group = SSL_get_group_name(SSL_get_group_id(ssl))) details.group = group;
    const std::uint8_t* protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl, &protocol, &size);
    details.application.assign(reinterpret_cast<const char*>(protocol), size);
    details.resumed = resumed();
    return details;
}

}  // namespace sluice::crypto
