#include "crypto/tls_identity.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/result.h"

namespace sluice::crypto {
namespace {

using Part = TlsIdentityError::Part;
template <class T>
using IdentityResult = std::expected<T, TlsIdentityError>;
using Chain = std::vector<bssl::UniquePtr<X509>>;

constexpr int rsa_bits_min = 2048;

bssl::UniquePtr<BIO> reader_of(std::string_view text) {
    return bssl::UniquePtr<BIO>(
        BIO_new_mem_buf(text.data(), static_cast<ossl_ssize_t>(text.size())));
}

IdentityResult<Chain> parse_chain(std::string_view pem) {
    const bssl::UniquePtr<BIO> reader = reader_of(pem);
    Chain chain;
    for (;;) {
        bssl::UniquePtr<X509> certificate(
            PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr));
        if (!certificate) break;
        chain.push_back(std::move(certificate));
    }
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!at_end) {
        return failure(TlsIdentityError{
            Part::certificate, chain.empty() ? "The certificate is malformed."
                                             : "A certificate after the first is malformed."});
    }
    if (chain.empty()) {
        return failure(TlsIdentityError{
            Part::certificate,
            "There is no certificate in it: it must contain -----BEGIN CERTIFICATE-----."});
    }
    return chain;
}

// PEM_read_bio_PrivateKey() would ask on the terminal.
int no_password(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

IdentityResult<bssl::UniquePtr<EVP_PKEY>> parse_key(const Secret& pem) {
    const bssl::UniquePtr<BIO> reader = reader_of(pem.reveal());
    bool encrypted = false;
    bssl::UniquePtr<EVP_PKEY> key(
        PEM_read_bio_PrivateKey(reader.get(), nullptr, no_password, &encrypted));
    const bool missing = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    const auto refuse = [](std::string text) {
        return failure(TlsIdentityError{Part::key, std::move(text)});
    };
    if (encrypted) return refuse("The private key is encrypted: give it without a password.");
    if (!key && missing) {
        return refuse(
            "There is no private key in it: it must contain -----BEGIN PRIVATE KEY-----.");
    }
    if (!key) return refuse("The private key is malformed.");
    const int kind = EVP_PKEY_id(key.get());
    if (kind != EVP_PKEY_EC && kind != EVP_PKEY_RSA) {
        return refuse(
            "The type of the private key is not supported by TLS clients: use an EC (P-256) or RSA "
            "key.");
    }
    if (kind == EVP_PKEY_RSA && EVP_PKEY_bits(key.get()) < rsa_bits_min) {
        return refuse("The RSA key is shorter than 2048 bits.");
    }
    return key;
}

WallTime time_of(const ASN1_TIME* time) {
    std::int64_t seconds = 0;
    ASN1_TIME_to_posix(time, &seconds);
    return WallTime{Seconds{seconds}};
}

std::string_view bytes_of(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::vector<std::string> names_of(const X509* leaf) {
    std::vector<std::string> names;
    const bssl::UniquePtr<GENERAL_NAMES> all(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr)));
    if (!all) return names;
    for (std::size_t i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
        const GENERAL_NAME& name = *sk_GENERAL_NAME_value(all.get(), i);
        if (name.type == GEN_DNS) names.push_back(to_lower(bytes_of(name.d.dNSName)));
    }
    return names;
}

bool set_chain(SSL_CREDENTIAL* credential, const Chain& chain) {
    std::vector<bssl::UniquePtr<CRYPTO_BUFFER>> owned;
    std::vector<CRYPTO_BUFFER*> buffers;
    for (const auto& certificate : chain) {
        std::uint8_t* der = nullptr;
        const int size = i2d_X509(certificate.get(), &der);
        if (size <= 0) return false;
        owned.emplace_back(CRYPTO_BUFFER_new(der, static_cast<std::size_t>(size), nullptr));
        buffers.push_back(owned.back().get());
        OPENSSL_free(der);
    }
    return SSL_CREDENTIAL_set1_cert_chain(credential, buffers.data(), buffers.size()) == 1;
}

}  // namespace

std::expected<TlsIdentity, TlsIdentityError> TlsIdentity::parse(std::string_view certificates,
                                                                const Secret& key) {
    TRY(const Chain chain, parse_chain(certificates));
    TRY(const bssl::UniquePtr<EVP_PKEY> parsed_key, parse_key(key));
    const X509* leaf = chain.front().get();
    if (X509_check_private_key(leaf, parsed_key.get()) != 1) {
        ERR_clear_error();
        return failure(TlsIdentityError{
            Part::key,
            "The private key does not match the certificate (the first one, the leaf)."});
    }
    bssl::UniquePtr<SSL_CREDENTIAL> credential(SSL_CREDENTIAL_new_x509());
    const bool usable = set_chain(credential.get(), chain) &&
                        SSL_CREDENTIAL_set1_private_key(credential.get(), parsed_key.get()) == 1;
    ERR_clear_error();
    if (!usable) {
        return failure(TlsIdentityError{Part::certificate,
                                        "The certificate is not one that a TLS server can use."});
    }
    TlsIdentity identity;
    identity.names_ = names_of(leaf);
    identity.valid_from_ = time_of(X509_get0_notBefore(leaf));
    identity.valid_until_ = time_of(X509_get0_notAfter(leaf));
    identity.credential_.reset(credential.release(), SSL_CREDENTIAL_free);
    return identity;
}

bool TlsIdentity::names_exactly(std::string_view name) const {
    return std::ranges::find(names_, name) != names_.end();
}

bool TlsIdentity::covers(std::string_view name) const {
    const std::size_t dot = name.find('.');
    const std::string_view parent = dot == name.npos ? std::string_view() : name.substr(dot);
    return std::ranges::any_of(names_, [&](std::string_view own) {
        if (own == name) return true;
        return dot != 0 && !parent.empty() && own.starts_with("*.") && own.substr(1) == parent;
    });
}

}  // namespace sluice::crypto
