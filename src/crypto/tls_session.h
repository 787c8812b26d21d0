// TLS connection (RFC 8446, RFC 5246) as a state machine over memory: ciphertext goes in, plaintext
// comes out, and the other way round. Whoever owns it moves the bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct ssl_st;

namespace sluice::crypto {

/// What a handshake agreed on; for logs and tests.
struct TlsDetails {
    std::string_view version;  // "TLSv1.3"
    std::string_view cipher;   // "TLS_AES_128_GCM_SHA256"
    std::string_view group;    // "X25519MLKEM768"; empty where none was used
    std::string application;   // ALPN: "http/1.1"; empty where none was agreed on
    bool resumed = false;
};

/// Made by TlsServerContext::accept() and TlsClientContext::connect(), which it may outlive. Never
/// renegotiates, has no early data. Between records it holds no buffers.
class TlsSession {
public:
    /// Takes over `ssl`; `context` is kept as long as the session.
    TlsSession(ssl_st* ssl, std::shared_ptr<const void> context);
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;
    ~TlsSession();

    /// Once, before anything else: a client's first message goes to output().
    void start();

    /// Processes `ciphertext` until there is plaintext that nobody has read, and gives how many
    /// bytes it took: all of them unless has_plaintext(). Output may come of it, and each of the
    /// states below.
    std::size_t feed(std::string_view ciphertext);
    /// feed() found plaintext: read() it before more is fed.
    bool has_plaintext() const { return has_plaintext_; }
    /// Moves plaintext of one record to `into`; gives how many bytes.
    std::size_t read(std::span<char> into);

    /// Appends the records of `plaintext` to output(). False where the session has failed or the
    /// own direction was ended. Only once established().
    bool write(std::string_view plaintext);
    /// Appends close_notify to output(): nothing is written after it.
    void end_writing();

    /// Ciphertext that is to be sent; whoever sends it takes it away, or swaps in memory to use.
    std::string& output() { return output_; }

    bool established() const { return established_; }      // the handshake is done
    bool failed() const { return failed_; }                // an alert may be in output()
    bool ended_by_peer() const { return ended_by_peer_; }  // close_notify: the end is no truncation
    /// The peer's first byte begins no TLS record but a method of HTTP. The session has failed, and
    /// nothing was put out.
    bool looks_like_http() const { return looks_like_http_; }
    /// Why it failed, one phrase; empty where it did not.
    std::string_view error() const { return error_; }

    /// Only once established().
    bool resumed() const;
    TlsDetails details() const;

    /// The name under which a client's context keeps what resumes the connection.
    const std::string& resumption_name() const { return resumption_name_; }
    void set_resumption_name(std::string_view name) { resumption_name_ = name; }

private:
    friend struct TlsTransport;
    struct Free {
        void operator()(ssl_st* ssl) const;
    };

    void advance();
    void fail(int result);
    bool looks_plain(std::string_view first);

    std::shared_ptr<const void> context_;
    std::unique_ptr<ssl_st, Free> ssl_;
    std::string_view input_;  // of the feed() that runs
    std::string output_;
    std::string error_;
    std::string resumption_name_;
    bool has_plaintext_ = false;
    bool established_ = false;
    bool failed_ = false;
    bool ended_by_peer_ = false;
    bool looks_like_http_ = false;
    bool started_ = false;  // the first byte was seen
};

}  // namespace sluice::crypto
