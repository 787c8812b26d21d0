// Event streams: the same events for every split; what was read and written anew reads the same.
#include "http/sse.h"

#include <string>
#include <vector>

#include "base/check.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::http;

std::string rewrite(const std::vector<std::string_view>& pieces) {
    SseReader reader;
    std::string out;
    for (const std::string_view piece : pieces) {
        reader.append(piece);
        for (;;) {
            const auto event = reader.next();
            CHECK(event.has_value());
            if (!*event) break;
            append_sse(out, **event);
        }
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::text_of(data, size);
    const std::string whole = rewrite({input});
    for (std::uint64_t salt = 0; salt < 4; ++salt) {
        CHECK(rewrite(fuzz::cut(input, salt)) == whole, input);
    }
    CHECK(rewrite({whole}) == whole, whole);
    return 0;
}
