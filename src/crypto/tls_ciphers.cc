#include "crypto/tls_ciphers.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace sluice::crypto {
namespace {

using Tls13Ciphers = std::array<std::uint16_t, 3>;
constexpr Tls13Ciphers aes_first = {SSL_CIPHER_AES_128_GCM_SHA256, SSL_CIPHER_AES_256_GCM_SHA384,
                                    SSL_CIPHER_CHACHA20_POLY1305_SHA256};
constexpr Tls13Ciphers chacha_first = {SSL_CIPHER_CHACHA20_POLY1305_SHA256,
                                       SSL_CIPHER_AES_128_GCM_SHA256,
                                       SSL_CIPHER_AES_256_GCM_SHA384};

// Of TLS 1.2.
constexpr const char* aes_first_before_13 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* chacha_first_before_13 =
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";

enum class Kind : std::uint8_t { aes, chacha, other };

// RFC 8446 §B.4, RFC 5289 §3, RFC 7905 §2.
Kind kind_of(std::uint16_t id) {
    constexpr std::array<std::uint16_t, 6> aes = {0x1301, 0x1302, 0xc02b, 0xc02c, 0xc02f, 0xc030};
    constexpr std::array<std::uint16_t, 3> chacha = {0x1303, 0xcca8, 0xcca9};
    if (std::ranges::find(aes, id) != aes.end()) return Kind::aes;
    return std::ranges::find(chacha, id) != chacha.end() ? Kind::chacha : Kind::other;
}

bool lists_chacha_first(const SSL_CLIENT_HELLO& hello) {
    for (std::size_t i = 0; i + 1 < hello.cipher_suites_len; i += 2) {
        const auto id =
            static_cast<std::uint16_t>(hello.cipher_suites[i] << 8 | hello.cipher_suites[i + 1]);
        const Kind kind = kind_of(id);
        if (kind != Kind::other) return kind == Kind::chacha;
    }
    return false;
}

ssl_select_cert_result_t on_hello(const SSL_CLIENT_HELLO* hello) {
    if (!lists_chacha_first(*hello)) return ssl_select_cert_success;
    const bool set = SSL_set1_tls13_ciphers(hello->ssl, chacha_first.data(), nullptr,
                                            chacha_first.size()) == 1 &&
                     SSL_set_strict_cipher_list(hello->ssl, chacha_first_before_13) == 1;
    return set ? ssl_select_cert_success : ssl_select_cert_error;
}

}  // namespace

bool offer_ciphers(ssl_ctx_st* context) {
    SSL_CTX_set_select_certificate_cb(context, on_hello);
    return SSL_CTX_set1_tls13_ciphers(context, aes_first.data(), nullptr, aes_first.size()) == 1 &&
           SSL_CTX_set_strict_cipher_list(context, aes_first_before_13) == 1;
}

}  // namespace sluice::crypto
