#include "crypto/signing_key.h"

#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/mem.h>

#include <utility>

#include "base/check.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "crypto/base64url.h"
#include "crypto/jws_signature.h"

namespace sluice::crypto {
namespace {

const EVP_PKEY_ALG* kind_of(JwsAlgorithm algorithm) {
    CHECK(SigningKey::supported.contains(algorithm), to_text(algorithm));
    if (algorithm == JwsAlgorithm::es256) return EVP_pkey_ec_p256();
    return algorithm == JwsAlgorithm::eddsa ? EVP_pkey_ed25519() : EVP_pkey_rsa();
}

}  // namespace

SigningKey::SigningKey(std::shared_ptr<const evp_pkey_st> key, JwsAlgorithm algorithm)
    : key_(std::move(key)), public_key_(key_, algorithm) {
    public_key_.set_key_id(public_key_.thumbprint());
}

SigningKey SigningKey::generate(JwsAlgorithm algorithm) {
    EVP_PKEY* const key = EVP_PKEY_generate_from_alg(kind_of(algorithm));
    CHECK(key != nullptr, "no key was generated");
    return {std::shared_ptr<const evp_pkey_st>(key, EVP_PKEY_free), algorithm};
}

JoseResult<SigningKey> SigningKey::parse(JwsAlgorithm algorithm, const Secret& pkcs8) {
    const std::string_view der = pkcs8.reveal();
    const EVP_PKEY_ALG* const kind = kind_of(algorithm);
    EVP_PKEY* const key = EVP_PKEY_from_private_key_info(
        reinterpret_cast<const std::uint8_t*>(der.data()), der.size(), &kind, 1);
    ERR_clear_error();
    if (key == nullptr) return failure(JoseError{"this is no private key of the algorithm"});
    std::shared_ptr<const evp_pkey_st> owned(key, EVP_PKEY_free);
    if (algorithm == JwsAlgorithm::rs256 && EVP_PKEY_bits(key) < Jwk::rsa_bits_min) {
        return failure(JoseError{"an RSA key is shorter than 2048 bits"});
    }
    return SigningKey(std::move(owned), algorithm);
}

Secret SigningKey::pkcs8() const {
    bssl::ScopedCBB builder;
    std::uint8_t* der = nullptr;
    std::size_t size = 0;
    const bool done = CBB_init(builder.get(), 0) == 1 &&
                      EVP_marshal_private_key(builder.get(), key_.get()) == 1 &&
                      CBB_finish(builder.get(), &der, &size) == 1;
    CHECK(done, "a private key is written");
    Secret pkcs8(std::string(reinterpret_cast<const char*>(der), size));
    OPENSSL_free(der);  // erases
    return pkcs8;
}

std::string SigningKey::sign(std::string_view text) const {
    return make_signature(*key_, algorithm(), text);
}

JwsSigner::JwsSigner(SigningKey key, std::string_view type) : key_(std::move(key)) {
    std::string header;
    JsonWriter(header)
        .begin_object()
        .member("alg", to_text(key_.algorithm()))
        .member("typ", type)
        .member("kid", key_.key_id())
        .end_object();
    header_ = base64url(header) + '.';
}

void JwsSigner::append(std::string& out, std::string_view payload) const {
    const std::size_t start = out.size();
    out += header_;
    append_base64url(out, std::as_bytes(std::span(payload)));
    const std::string signature = key_.sign(std::string_view(out).substr(start));
    out += '.';
    append_base64url(out, std::as_bytes(std::span(signature)));
}

}  // namespace sluice::crypto
