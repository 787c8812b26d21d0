// JWS algorithms (RFC 7518 §3.1, RFC 8037 §3.1): the asymmetric ones. There is no value for `none`
// and for HS256 to HS512, so no text can ask for them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/name_table.h"

namespace sluice::crypto {

enum class JwsAlgorithm : std::uint8_t {
    es256,
    es384,
    es512,
    eddsa,
    ps256,
    ps384,
    ps512,
    rs256,
    rs384,
    rs512
};

inline constexpr NameTable<JwsAlgorithm, 10> jws_algorithm_names{{{"ES256", JwsAlgorithm::es256},
                                                                  {"ES384", JwsAlgorithm::es384},
                                                                  {"ES512", JwsAlgorithm::es512},
                                                                  {"EdDSA", JwsAlgorithm::eddsa},
                                                                  {"PS256", JwsAlgorithm::ps256},
                                                                  {"PS384", JwsAlgorithm::ps384},
                                                                  {"PS512", JwsAlgorithm::ps512},
                                                                  {"RS256", JwsAlgorithm::rs256},
                                                                  {"RS384", JwsAlgorithm::rs384},
                                                                  {"RS512", JwsAlgorithm::rs512}}};

constexpr std::string_view to_text(JwsAlgorithm algorithm) {
    return name_of(jws_algorithm_names, algorithm);
}

/// What the `alg` of a header or key names. RFC 9864 gives Ed25519 as EdDSA's name of one curve.
constexpr std::optional<JwsAlgorithm> find_jws_algorithm(std::string_view name) {
    if (name == "Ed25519") return JwsAlgorithm::eddsa;
    return find_by_name(jws_algorithm_names, name);
}

/// A set of algorithms: what a place accepts.
class JwsAlgorithms {
public:
    constexpr JwsAlgorithms() = default;
    constexpr JwsAlgorithms(std::initializer_list<JwsAlgorithm> algorithms) {
        for (const JwsAlgorithm algorithm : algorithms) insert(algorithm);
    }
    static constexpr JwsAlgorithms all() {
        JwsAlgorithms every;
        for (const auto& [name, algorithm] : jws_algorithm_names) every.insert(algorithm);
        return every;
    }

    constexpr void insert(JwsAlgorithm algorithm) { bits_ |= bit(algorithm); }
    constexpr bool contains(JwsAlgorithm algorithm) const { return (bits_ & bit(algorithm)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    friend constexpr bool operator==(JwsAlgorithms, JwsAlgorithms) = default;

private:
    static constexpr std::uint16_t bit(JwsAlgorithm algorithm) {
        return static_cast<std::uint16_t>(1U << static_cast<unsigned>(algorithm));
    }
    std::uint16_t bits_ = 0;
};

}  // namespace sluice::crypto
