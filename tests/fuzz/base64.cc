// Base64 (RFC 4648), PHC password strings and sealed texts: one text for each sequence of bytes,
// and nothing opens that was not sealed here.
#include "base/check.h"
#include "base/random.h"
#include "crypto/base64url.h"
#include "crypto/password_hash.h"
#include "crypto/seal.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sluice;
    using namespace sluice::crypto;
    const std::string_view input = fuzz::text_of(data, size);
    const std::string encoded = base64url(input);
    CHECK(encoded.size() == base64url_size(input.size()), encoded);
    CHECK(decode_base64url(encoded) == input, encoded);
    CHECK(decode_base64(base64_unpadded(input)) == input);
    if (const auto bytes = decode_base64url(input)) CHECK(base64url(*bytes) == input, input);
    if (const auto bytes = decode_base64(input)) {
        CHECK(base64_unpadded(*bytes) == input.substr(0, input.find('=')), input);
        CHECK(!input.contains('=') || input.size() % 4 == 0, input);
    }
    if (const auto hash = PasswordHash::parse(input)) CHECK(hash->text() == input, input);

    static const SealKey key = SealKey::derive("a secret of the fuzz target", "test");
    CHECK(!open_sealed(key, input, "session"), "nobody has sealed this");
    SeededRandom random(size);
    const std::string sealed = seal(key, input, "session", random);
    CHECK(open_sealed(key, sealed, "session") == input, sealed);
    CHECK(!open_sealed(key, sealed, "login") && !open_sealed(key, sealed + "A", "session"));
    return 0;
}
