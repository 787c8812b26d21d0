// JWK Sets (RFC 7517): what is read of one is written and read again the same, and holds public
// keys of types, curves and sizes that verify signatures, alone.
#include "crypto/jwk_set.h"

#include "base/check.h"
#include "crypto/base64url.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    using namespace sluice::crypto;
    const auto set = JwkSet::parse(fuzz::text_of(data, size));
    if (!set) {
        CHECK(!set.error().reason.empty() && !set.error().reason.contains('"'));
        return 0;
    }
    const std::string text = set->text();
    const auto again = JwkSet::parse(text);
    CHECK(again && again->text() == text, text);
    for (const Jwk& key : set->keys()) {
        const auto thumbprint = decode_base64url(key.thumbprint());
        CHECK(thumbprint && thumbprint->size() == 32, text);
        for (const auto& [name, algorithm] : jws_algorithm_names) {
            CHECK(!key.verify(algorithm, "text", ""), text);
            CHECK(!key.verify(algorithm, "text", std::string(64, '\0')), text);
        }
    }
    return 0;
}
