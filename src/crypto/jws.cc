#include "crypto/jws.h"

#include "base/ascii.h"
#include "base/result.h"
#include "crypto/base64url.h"

namespace sluice::crypto {
namespace {

std::unexpected<JoseError> refuse(std::string_view reason) {
    return failure(JoseError{reason});
}

/// A member that is a text where it is there.
JoseResult<std::optional<std::string_view>> text_member(const JsonValue& header,
                                                        std::string_view name) {
    const auto member = header.find(name);
    if (!member) return std::nullopt;
    const auto text = member->string();
    if (!text) return refuse("a member of the JWT header is no text");
    return text;
}

}  // namespace

JoseResult<Jws> Jws::parse(std::string_view text, JwsAlgorithms accepted) {
    if (text.size() > text_size_max) return refuse("the JWT is too long");
    const std::size_t header_end = text.find('.');
    const std::size_t payload_end = text.rfind('.');
    if (header_end == text.npos || payload_end == header_end) {
        return refuse("a JWT has three parts with a dot between them");
    }
    const auto header = decode_base64url(text.substr(0, header_end));
    auto payload = decode_base64url(text.substr(header_end + 1, payload_end - header_end - 1));
    auto signature = decode_base64url(text.substr(payload_end + 1));
    if (!header || !payload || !signature) return refuse("a part of the JWT is not base64url");
    auto document = JsonDocument::parse(*header);
    if (!document || !document->root().is_object()) {
        return refuse("the header of the JWT is no JSON object");
    }
    Jws jws(std::move(*document));
    REQUIRE(jws.read_header(accepted));
    jws.signing_input_ = text.substr(0, payload_end);
    jws.payload_ = std::move(*payload);
    jws.signature_ = std::move(*signature);
    return jws;
}

JoseResult<void> Jws::read_header(JwsAlgorithms accepted) {
    const JsonValue header = header_.root();
    TRY(const auto name, text_member(header, "alg"));
    const auto algorithm = name ? find_jws_algorithm(*name) : std::nullopt;
    if (!algorithm || !accepted.contains(*algorithm)) {
        return refuse("the alg of the JWT is not one that is accepted here");
    }
    algorithm_ = *algorithm;
    if (header.find("crit")) return refuse("the JWT has a critical extension that is unknown");
    TRY(const auto key_id, text_member(header, "kid"));
    if (key_id) key_id_ = *key_id;
    TRY(const auto type, text_member(header, "typ"));
    type_ = type.value_or("");
    return {};
}

bool Jws::has_type(std::string_view type) const {
    constexpr std::string_view prefix = "application/";
    std::string_view own = type_;
    if (equal_ignoring_case(own.substr(0, prefix.size()), prefix)) own.remove_prefix(prefix.size());
    return equal_ignoring_case(own, type);
}

}  // namespace sluice::crypto
