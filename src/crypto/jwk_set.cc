#include "crypto/jwk_set.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/result.h"

namespace sluice::crypto {
namespace {

bool fits(const Jwk& key, const Jws& jws) {
    const auto& wanted = jws.key_id();
    return key.is_for(jws.algorithm()) && (!wanted || key.key_id() == wanted);
}

/// RFC 7518 §6.2.2, §6.3.2, RFC 8037 §2: what only a private key has.
bool is_private(const JsonValue& key) {
    return key.find("d").has_value() && key.find_string("kty") != "oct";
}

}  // namespace

JoseResult<JwkSet> JwkSet::parse(std::string_view text) {
    if (text.size() > text_size_max) return failure(JoseError{"the JWK Set is too large"});
    const auto document = JsonDocument::parse(text);
    if (!document) return failure(JoseError{document.error().reason});
    return parse(document->root());
}

JoseResult<JwkSet> JwkSet::parse(const JsonValue& json) {
    const auto keys = json.find("keys");
    if (!keys || !keys->is_array()) {
        return failure(JoseError{"a JWK Set is an object with an array named keys"});
    }
    JwkSet set;
    for (const JsonValue& member : keys->elements()) {
        if (is_private(member)) {
            return failure(JoseError{"the JWK Set holds a private key: publish public keys alone"});
        }
        auto key = Jwk::parse(member);
        if (!key) continue;
        if (set.keys_.size() == keys_max) {
            return failure(JoseError{"the JWK Set has more than 64 keys"});
        }
        set.keys_.push_back(std::move(*key));
    }
    return set;
}

bool JwkSet::has_key_for(const Jws& jws) const {
    return std::ranges::any_of(keys_, [&](const Jwk& key) { return fits(key, jws); });
}

bool JwkSet::verify(const Jws& jws) const {
    std::size_t tries = 0;
    for (const Jwk& key : keys_) {
        if (!fits(key, jws)) continue;
        if (tries++ == tries_max) return false;
        if (jws.is_signed_by(key)) return true;
    }
    return false;
}

std::string JwkSet::text() const {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("keys").begin_array();
    for (const Jwk& key : keys_) key.write(json);
    json.end_array().end_object();
    return text;
}

}  // namespace sluice::crypto
