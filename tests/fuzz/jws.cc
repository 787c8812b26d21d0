// Signed texts (RFC 7515) and claims (RFC 7519): no text verifies that the key did not sign.
#include "crypto/jws.h"

#include "base/check.h"
#include "base/json.h"
#include "crypto/jwk_set.h"
#include "crypto/signing_key.h"
#include "tests/fuzz/fuzz_input.h"
#include "token/jwt.h"

namespace {

/// `text` with one character replaced at a place that the input decides.
std::string mutated(std::string text, std::string_view input) {
    std::size_t place = 0;
    for (const char c : input) place = place * 31 + static_cast<unsigned char>(c);
    char& c = text[place % text.size()];
    c = c == 'A' ? 'B' : 'A';
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    using namespace sluice::crypto;
    static const SigningKey key = SigningKey::generate(JwsAlgorithm::es256);
    static const JwsSigner signer(key, "JWT");
    static const JwkSet keys = [] {
        JwkSet set;
        set.insert(key.public_key());
        set.insert(SigningKey::generate(JwsAlgorithm::eddsa).public_key());
        return set;
    }();
    const std::string_view input = fuzz::text_of(data, size);

    if (const auto jws = Jws::parse(input, JwsAlgorithms::all())) {
        CHECK(!keys.verify(*jws), "nobody has signed this");
        CHECK(!jws->header().find("crit") && jws->header().find_string("alg") != "none", input);
        if (const auto payload = JsonDocument::parse(jws->payload())) {
            const auto claims = token::JwtClaims::parse(payload->root());
            if (claims) CHECK(token::check_times({}, 0, Seconds(60)).has_value());
        }
    }
    // The input as a payload: it verifies as it was signed, and with nothing changed in it.
    std::string text;
    signer.append(text, input.substr(0, 4096));
    const auto jws = Jws::parse(text, JwsAlgorithms::all());
    CHECK(jws && keys.verify(*jws) && jws->payload() == input.substr(0, 4096), text);
    const auto changed = Jws::parse(mutated(text, input), JwsAlgorithms::all());
    CHECK(!changed || !keys.verify(*changed), text);
    return 0;
}
