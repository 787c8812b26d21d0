// JSON Web Signature (RFC 7515), compact serialization: read, verified and made.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "crypto/jose_error.h"
#include "crypto/jwk.h"
#include "crypto/jws_algorithm.h"

namespace sluice::crypto {

/// A signed text as it was received: nothing in it is true before is_signed_by() or
/// JwkSet::verify() says so.
class Jws {
public:
    static constexpr std::size_t text_size_max = 16 * 1024;  // bytes

    /// accepted  The algorithms that this place takes; all others are refused here, before any key
    ///           is looked for.
    /// Errors: not three parts of base64url, a header that is no JSON object, has no or another
    /// `alg`, a member of the wrong type, or `crit`: no extension is understood (§4.1.11).
    static JoseResult<Jws> parse(std::string_view text, JwsAlgorithms accepted);

    JwsAlgorithm algorithm() const { return algorithm_; }
    const std::optional<std::string>& key_id() const { return key_id_; }
    /// Whether `typ` is this media type, with or without "application/", in any case (§4.1.9).
    bool has_type(std::string_view type) const;
    bool has_any_type() const { return !type_.empty(); }
    /// All members, for a use that defines some of its own (RFC 9449 §4.2). Valid while *this is.
    JsonValue header() const { return header_.root(); }
    /// The bytes that are signed; valid while *this lives.
    std::string_view payload() const { return payload_; }

    bool is_signed_by(const Jwk& key) const {
        return key.verify(algorithm_, signing_input_, signature_);
    }

private:
    explicit Jws(JsonDocument header) : header_(std::move(header)) {}
    JoseResult<void> read_header(JwsAlgorithms accepted);

    JsonDocument header_;
    JwsAlgorithm algorithm_ = JwsAlgorithm::es256;
    std::optional<std::string> key_id_;
    std::string type_;
    std::string signing_input_;  // header and payload as they were received
    std::string payload_;
    std::string signature_;
};

}  // namespace sluice::crypto
