#include "crypto/jws_signature.h"

#include <openssl/curve25519.h>
#include <openssl/digest.h>
#include <openssl/ec_key.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>

#include "base/check.h"

namespace sluice::crypto {
namespace {

using Type = Jwk::Type;

enum class Scheme : std::uint8_t { ecdsa, ed25519, pkcs1, pss };

const std::uint8_t* bytes_of(std::string_view text) {
    return reinterpret_cast<const std::uint8_t*>(text.data());
}
std::uint8_t* bytes_of(std::string& text) {
    return reinterpret_cast<std::uint8_t*>(text.data());
}

Scheme scheme_of(JwsAlgorithm algorithm) {
    switch (algorithm) {
        case JwsAlgorithm::es256:
        case JwsAlgorithm::es384:
        case JwsAlgorithm::es512:
            return Scheme::ecdsa;
        case JwsAlgorithm::ps256:
        case JwsAlgorithm::ps384:
        case JwsAlgorithm::ps512:
            return Scheme::pss;
        case JwsAlgorithm::rs256:
        case JwsAlgorithm::rs384:
        case JwsAlgorithm::rs512:
            return Scheme::pkcs1;
        case JwsAlgorithm::eddsa:
            return Scheme::ed25519;
    }
    CHECK(false, "an algorithm that is none");
}

const EVP_MD* hash_of(JwsAlgorithm algorithm) {
    switch (algorithm) {
        case JwsAlgorithm::es384:
        case JwsAlgorithm::ps384:
        case JwsAlgorithm::rs384:
            return EVP_sha384();
        case JwsAlgorithm::es512:
        case JwsAlgorithm::ps512:
        case JwsAlgorithm::rs512:
            return EVP_sha512();
        default:
            return EVP_sha256();
    }
}

struct Hash {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> bytes;
    unsigned size = 0;
    const EVP_MD* kind;
};

Hash hash_of(JwsAlgorithm algorithm, std::string_view text) {
    Hash hash{.bytes = {}, .kind = hash_of(algorithm)};
    const int done =
        EVP_Digest(text.data(), text.size(), hash.bytes.data(), &hash.size, hash.kind, nullptr);
    CHECK(done == 1);
    return hash;
}

bool verify_ed25519(const EVP_PKEY& key, std::string_view text, std::string_view signature) {
    std::array<std::uint8_t, ED25519_PUBLIC_KEY_LEN> raw{};
    std::size_t size = raw.size();
    CHECK(EVP_PKEY_get_raw_public_key(&key, raw.data(), &size) == 1 && size == raw.size());
    return signature.size() == ED25519_SIGNATURE_LEN &&
           ED25519_verify(bytes_of(text), text.size(), bytes_of(signature), raw.data()) == 1;
}

bool verify_hash(const EVP_PKEY& key, Scheme scheme, const Hash& hash, std::string_view signature) {
    if (scheme == Scheme::ecdsa) {
        return ECDSA_verify_p1363(hash.bytes.data(), hash.size, bytes_of(signature),
                                  signature.size(), EVP_PKEY_get0_EC_KEY(&key)) == 1;
    }
    RSA* const rsa = EVP_PKEY_get0_RSA(&key);
    if (scheme == Scheme::pkcs1) {
        return RSA_verify(EVP_MD_type(hash.kind), hash.bytes.data(), hash.size, bytes_of(signature),
                          signature.size(), rsa) == 1;
    }
    return RSA_verify_pss_mgf1(rsa, hash.bytes.data(), hash.size, hash.kind, hash.kind,
                               RSA_PSS_SALTLEN_DIGEST, bytes_of(signature), signature.size()) == 1;
}

}  // namespace

bool is_type_for(Type type, JwsAlgorithm algorithm) {
    switch (algorithm) {
        case JwsAlgorithm::es256:
            return type == Type::p256;
        case JwsAlgorithm::es384:
            return type == Type::p384;
        case JwsAlgorithm::es512:
            return type == Type::p521;
        case JwsAlgorithm::eddsa:
            return type == Type::ed25519;
        default:
            return type == Type::rsa;
    }
}

bool verify_signature(const evp_pkey_st& key, JwsAlgorithm algorithm, std::string_view text,
                      std::string_view signature) {
    const Scheme scheme = scheme_of(algorithm);
    if (scheme == Scheme::ed25519) return verify_ed25519(key, text, signature);
    const bool verified = verify_hash(key, scheme, hash_of(algorithm, text), signature);
    if (!verified) ERR_clear_error();
    return verified;
}

std::string make_signature(const evp_pkey_st& key, JwsAlgorithm algorithm, std::string_view text) {
    const Scheme scheme = scheme_of(algorithm);
    std::string signature(EVP_PKEY_size(&key), '\0');
    std::size_t size = signature.size();
    int done = 0;
    if (scheme == Scheme::ed25519) {
        bssl::ScopedEVP_MD_CTX context;
        EVP_PKEY* const signer = const_cast<EVP_PKEY*>(&key);  // its count of owners alone changes
        done = EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, signer) == 1 &&
               EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(text),
                              text.size()) == 1;
    } else if (scheme == Scheme::ecdsa) {
        const Hash hash = hash_of(algorithm, text);
        done = ECDSA_sign_p1363(hash.bytes.data(), hash.size, bytes_of(signature), &size, size,
                                EVP_PKEY_get0_EC_KEY(&key));
    } else {
        CHECK(scheme == Scheme::pkcs1, "nothing here signs by PSS");
        const Hash hash = hash_of(algorithm, text);
        unsigned written = 0;
        done = RSA_sign(EVP_MD_type(hash.kind), hash.bytes.data(), hash.size, bytes_of(signature),
                        &written, EVP_PKEY_get0_RSA(&key));
        size = written;
    }
    CHECK(done == 1, "a private key signs");
    signature.resize(size);
    return signature;
}

}  // namespace sluice::crypto
