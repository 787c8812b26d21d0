#include "crypto/jwk.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/result.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "crypto/jws_signature.h"

namespace sluice::crypto {
namespace {

using Type = Jwk::Type;
using KeyPtr = std::shared_ptr<const evp_pkey_st>;

struct Curve {
    std::string_view name;
    Type type;
    int nid;
    std::size_t coordinate_size;  // bytes
};
constexpr std::array<Curve, 3> curves{{{"P-256", Type::p256, NID_X9_62_prime256v1, 32},
                                       {"P-384", Type::p384, NID_secp384r1, 48},
                                       {"P-521", Type::p521, NID_secp521r1, 66}}};
constexpr std::size_t ed25519_size = 32;  // bytes

const std::uint8_t* bytes_of(std::string_view text) {
    return reinterpret_cast<const std::uint8_t*>(text.data());
}

std::unexpected<JoseError> refuse(std::string_view reason) {
    ERR_clear_error();
    return failure(JoseError{reason});
}

KeyPtr own(bssl::UniquePtr<EVP_PKEY> key) {
    return {key.release(), EVP_PKEY_free};
}

/// A required member that holds bytes.
JoseResult<std::string> bytes_member(const JsonValue& json, std::string_view name) {
    const auto text = json.find_string(name);
    if (!text) return refuse("a JWK lacks a member that its type requires");
    auto bytes = decode_base64url(*text);
    if (!bytes || bytes->empty()) return refuse("a member of a JWK is not base64url");
    return std::move(*bytes);
}

bssl::UniquePtr<BIGNUM> number_of(std::string_view bytes) {
    return bssl::UniquePtr<BIGNUM>(BN_bin2bn(bytes_of(bytes), bytes.size(), nullptr));
}

JoseResult<KeyPtr> parse_rsa(const JsonValue& json) {
    TRY(const std::string modulus, bytes_member(json, "n"));
    TRY(const std::string exponent, bytes_member(json, "e"));
    if (modulus.size() > Jwk::rsa_bits_max / 8 + 1 || exponent.size() > modulus.size()) {
        return refuse("an RSA key is longer than 8192 bits");
    }
    const auto n = number_of(modulus);
    const auto e = number_of(exponent);
    const int bits = static_cast<int>(BN_num_bits(n.get()));
    if (bits < Jwk::rsa_bits_min) return refuse("an RSA key is shorter than 2048 bits");
    if (bits > Jwk::rsa_bits_max) return refuse("an RSA key is longer than 8192 bits");
    const bssl::UniquePtr<RSA> rsa(RSA_new_public_key(n.get(), e.get()));
    bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
    if (!rsa || EVP_PKEY_set1_RSA(key.get(), rsa.get()) != 1) {
        return refuse("an RSA key has a modulus or exponent that no RSA key has");
    }
    return own(std::move(key));
}

JoseResult<KeyPtr> parse_ec(const JsonValue& json) {
    const auto name = json.find_string("crv");
    const auto* const curve = std::ranges::find(curves, name.value_or(""), &Curve::name);
    if (curve == curves.end()) return refuse("an EC key is not of P-256, P-384 or P-521");
    TRY(const std::string x, bytes_member(json, "x"));
    TRY(const std::string y, bytes_member(json, "y"));
    if (x.size() != curve->coordinate_size || y.size() != curve->coordinate_size) {
        return refuse("a coordinate of an EC key has another length than its curve asks for");
    }
    const std::string point = '\x04' + x + y;  // uncompressed (SEC 1 §2.3.3)
    const bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(curve->nid));
    CHECK(ec != nullptr);
    bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
    if (EC_KEY_oct2key(ec.get(), bytes_of(point), point.size(), nullptr) != 1 ||
        EVP_PKEY_set1_EC_KEY(key.get(), ec.get()) != 1) {
        return refuse("the point of an EC key is not on its curve");
    }
    return own(std::move(key));
}

JoseResult<KeyPtr> parse_okp(const JsonValue& json) {
    if (json.find_string("crv") != "Ed25519") return refuse("an OKP key is not of Ed25519");
    TRY(const std::string x, bytes_member(json, "x"));
    if (x.size() != ed25519_size) return refuse("an Ed25519 key is not of 32 bytes");
    bssl::UniquePtr<EVP_PKEY> key(
        EVP_PKEY_from_raw_public_key(EVP_pkey_ed25519(), bytes_of(x), x.size()));
    if (!key) return refuse("an Ed25519 key is malformed");
    return own(std::move(key));
}

JoseResult<KeyPtr> parse_key(const JsonValue& json) {
    const auto type = json.find_string("kty");
    if (type == "RSA") return parse_rsa(json);
    if (type == "EC") return parse_ec(json);
    if (type == "OKP") return parse_okp(json);
    return refuse("a JWK has a kty that is none of RSA, EC and OKP");
}

/// RFC 7517 §4.2, §4.3.
bool is_for_verifying(const JsonValue& json) {
    if (const auto use = json.find("use"); use && use->string() != "sig") return false;
    const auto operations = json.find("key_ops");
    if (!operations) return true;
    return std::ranges::any_of(operations->elements(), [](const JsonValue& operation) {
        return operation.string() == "verify";
    });
}

Type type_of(const EVP_PKEY* key) {
    if (EVP_PKEY_id(key) == EVP_PKEY_RSA) return Type::rsa;
    if (EVP_PKEY_id(key) == EVP_PKEY_ED25519) return Type::ed25519;
    const EC_KEY* ec = EVP_PKEY_get0_EC_KEY(key);
    CHECK(ec != nullptr, "a type of key that is none of Jwk::Type");
    const int nid = EC_GROUP_get_curve_name(EC_KEY_get0_group(ec));
    const auto* const curve = std::ranges::find(curves, nid, &Curve::nid);
    CHECK(curve != curves.end(), "a curve that is none of Jwk::Type");
    return curve->type;
}

std::string encoded(const BIGNUM* number) {
    std::string bytes(BN_num_bytes(number), '\0');
    BN_bn2bin(number, reinterpret_cast<std::uint8_t*>(bytes.data()));
    return base64url(bytes);
}

/// The members that RFC 7638 §3.2 requires, in the order of their names.
void write_required(JsonWriter& json, const EVP_PKEY* key, Type type) {
    if (type == Type::rsa) {
        const RSA* rsa = EVP_PKEY_get0_RSA(key);
        json.member("e", encoded(RSA_get0_e(rsa))).member("kty", "RSA");
        json.member("n", encoded(RSA_get0_n(rsa)));
        return;
    }
    std::array<std::uint8_t, ed25519_size> raw{};
    if (type == Type::ed25519) {
        std::size_t size = raw.size();
        CHECK(EVP_PKEY_get_raw_public_key(key, raw.data(), &size) == 1 && size == raw.size());
        json.member("crv", "Ed25519").member("kty", "OKP");
        json.member("x", base64url(std::as_bytes(std::span(raw))));
        return;
    }
    const auto* const curve = std::ranges::find(curves, type, &Curve::type);
    const EC_KEY* ec = EVP_PKEY_get0_EC_KEY(key);
    std::array<std::byte, 1 + 2 * 66> point{};
    const std::size_t size = EC_POINT_point2oct(
        EC_KEY_get0_group(ec), EC_KEY_get0_public_key(ec), POINT_CONVERSION_UNCOMPRESSED,
        reinterpret_cast<std::uint8_t*>(point.data()), point.size(), nullptr);
    CHECK(size == 1 + 2 * curve->coordinate_size);
    const auto x = std::span(point).subspan(1, curve->coordinate_size);
    const auto y = std::span(point).subspan(1 + x.size(), x.size());
    json.member("crv", curve->name).member("kty", "EC");
    json.member("x", base64url(x)).member("y", base64url(y));
}

}  // namespace

JoseResult<Jwk> Jwk::parse(const JsonValue& json) {
    if (!json.is_object()) return refuse("a JWK is no JSON object");
    if (json.find("d") || json.find("k") || json.find("priv")) {
        return refuse("a JWK holds a private or symmetric key: publish public keys alone");
    }
    if (!is_for_verifying(json)) return refuse("a JWK is for another use than signatures");
    Jwk jwk;
    if (const auto key_id = json.find("kid"); key_id && !key_id->is_null()) {
        const auto text = key_id->string();
        if (!text) return refuse("the kid of a JWK is no text");
        jwk.key_id_ = *text;
    }
    if (const auto name = json.find("alg"); name && !name->is_null()) {
        jwk.algorithm_ = find_jws_algorithm(name->string().value_or(""));
        if (!jwk.algorithm_) return refuse("a JWK is for an algorithm that is not supported");
    }
    TRY(jwk.key_, parse_key(json));
    jwk.type_ = type_of(jwk.key_.get());
    if (jwk.algorithm_ && !is_type_for(jwk.type_, *jwk.algorithm_)) {
        return refuse("the alg of a JWK does not fit its type");
    }
    return jwk;
}

Jwk::Jwk(std::shared_ptr<const evp_pkey_st> key, std::optional<JwsAlgorithm> algorithm)
    : key_(std::move(key)), type_(type_of(key_.get())), algorithm_(algorithm) {
    CHECK(!algorithm_ || is_type_for(type_, *algorithm_));
}

bool Jwk::is_for(JwsAlgorithm algorithm) const {
    return is_type_for(type_, algorithm) && algorithm_.value_or(algorithm) == algorithm;
}

bool Jwk::verify(JwsAlgorithm algorithm, std::string_view text, std::string_view signature) const {
    return is_for(algorithm) && verify_signature(*key_, algorithm, text, signature);
}

std::string Jwk::thumbprint() const {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    write_required(json, key_.get(), type_);
    json.end_object();
    return base64url(sha256(text));
}

void Jwk::write(JsonWriter& json) const {
    json.begin_object();
    write_required(json, key_.get(), type_);
    if (key_id_) json.member("kid", *key_id_);
    if (algorithm_) json.member("alg", to_text(*algorithm_));
    json.member("use", "sig").end_object();
}

}  // namespace sluice::crypto
