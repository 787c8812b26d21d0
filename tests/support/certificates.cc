#include "tests/support/certificates.h"

#include <openssl/bio.h>
#include <openssl/ec_key.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/check.h"

namespace sluice::simulation {
namespace {

bssl::UniquePtr<EVP_PKEY> make_key(const CertificateWish& wish) {
    bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
    if (wish.rsa) {
        const bssl::UniquePtr<BIGNUM> exponent(BN_new());
        BN_set_word(exponent.get(), RSA_F4);
        const bssl::UniquePtr<RSA> rsa(RSA_new());
        CHECK(RSA_generate_key_ex(rsa.get(), static_cast<int>(wish.rsa_bits), exponent.get(),
                                  nullptr) == 1);
        EVP_PKEY_set1_RSA(key.get(), rsa.get());
    } else {
        const bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
        CHECK(EC_KEY_generate_key(ec.get()) == 1);
        EVP_PKEY_set1_EC_KEY(key.get(), ec.get());
    }
    return key;
}

bssl::UniquePtr<BIO> reader_of(const std::string& text) {
    return bssl::UniquePtr<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(BIO* bio) {
    const std::uint8_t* bytes = nullptr;
    std::size_t size = 0;
    BIO_mem_contents(bio, &bytes, &size);
    return std::string(reinterpret_cast<const char*>(bytes), size);
}

void add_extension(X509* certificate, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const bssl::UniquePtr<X509_EXTENSION> extension(
        X509V3_EXT_nconf_nid(nullptr, &context, nid, value.c_str()));
    CHECK(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

std::string alternative_names(const CertificateWish& wish) {
    std::string text;
    for (const std::string& name : wish.names) {
        const bool ip = name.find_first_not_of("0123456789.") == name.npos || name.contains(':');
        if (!text.empty()) text += ",";
        text += (ip ? "IP:" : "DNS:") + name;
    }
    return text;
}

void set_subject(X509* certificate, const CertificateWish& wish) {
    X509_NAME* subject = X509_get_subject_name(certificate);
    const std::string name = wish.names.empty() ? "nobody" : wish.names.front();
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const std::uint8_t*>(name.data()),
                               static_cast<ossl_ssize_t>(name.size()), -1, 0);
}

}  // namespace

Pem make_certificate(const CertificateWish& wish, const Pem* issuer) {
    const bssl::UniquePtr<EVP_PKEY> key = make_key(wish);
    const bssl::UniquePtr<X509> certificate(X509_new());
    X509* x509 = certificate.get();
    X509_set_version(x509, X509_VERSION_3);
    std::uint32_t serial = 0;
    RAND_bytes(reinterpret_cast<std::uint8_t*>(&serial), sizeof serial);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial);
    X509_gmtime_adj(X509_getm_notBefore(x509), wish.valid_from_seconds);
    X509_gmtime_adj(X509_getm_notAfter(x509), wish.valid_from_seconds + wish.valid_for_seconds);
    set_subject(x509, wish);
    X509_set_pubkey(x509, key.get());
    if (!wish.names.empty()) add_extension(x509, NID_subject_alt_name, alternative_names(wish));
    if (wish.authority) add_extension(x509, NID_basic_constraints, "critical,CA:TRUE");

    bssl::UniquePtr<EVP_PKEY> signing_key = bssl::UpRef(key);
    X509_set_issuer_name(x509, X509_get_subject_name(x509));
    if (issuer != nullptr) {
        const bssl::UniquePtr<X509> parent(
            PEM_read_bio_X509(reader_of(issuer->certificate).get(), nullptr, nullptr, nullptr));
        signing_key.reset(
            PEM_read_bio_PrivateKey(reader_of(issuer->key).get(), nullptr, nullptr, nullptr));
        X509_set_issuer_name(x509, X509_get_subject_name(parent.get()));
    }
    CHECK(X509_sign(x509, signing_key.get(), EVP_sha256()) != 0);

    Pem pem;
    const bssl::UniquePtr<BIO> out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), x509);
    pem.certificate = text_of(out.get());
    const bssl::UniquePtr<BIO> key_out(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    pem.key = text_of(key_out.get());
    return pem;
}

}  // namespace sluice::simulation
