// Chunked coding (RFC 9112 §7.1): the same bytes for every split, never more than was sent or is
// allowed; anything that is sent in chunks comes out as it was.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/check.h"
#include "http/chunk_decoder.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::http;

constexpr std::uint64_t body_bytes_max = 1000;

struct Decoded {
    std::string body;
    std::size_t consumed = 0;
    bool complete = false;
    bool failed = false;

    bool operator==(const Decoded&) const = default;
};

Decoded decode(const std::vector<std::string_view>& pieces, std::uint64_t limit = body_bytes_max) {
    ChunkDecoder decoder;
    Decoded out;
    for (const std::string_view piece : pieces) {
        std::string bytes(piece);
        const auto step = decoder.decode(bytes.data(), bytes.size(), limit);
        if (!step) {
            out.failed = true;
            out.body.clear();  // how much of it was decoded before depends on the split
            out.consumed = 0;
            return out;
        }
        CHECK(step->produced <= step->consumed && step->consumed <= piece.size());
        CHECK(step->complete || step->consumed == piece.size());
        out.body.append(bytes, 0, step->produced);
        out.consumed += step->consumed;
        out.complete = step->complete;
        if (out.complete) break;
    }
    CHECK(out.body.size() <= limit);
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::text_of(data, size);
    const Decoded whole = decode({input});
    for (std::uint64_t salt = 0; salt < 4; ++salt) {
        CHECK(decode(fuzz::cut(input, salt)) == whole, input);
    }
    std::string coded;
    for (const std::string_view piece : fuzz::cut(input, 3)) {
        coded += fmt::format("{:x};a=\"b\"\r\n{}\r\n", piece.size(), piece);
    }
    coded += "0\r\nTrailer: dropped\r\n\r\n";
    const Decoded back = decode({coded + "GET / HTTP/1.1\r\n"}, size + 1);
    // Extensions are bounded: a body of very many chunks is refused.
    CHECK(back.failed || (back.complete && back.body == input && back.consumed == coded.size()));
    return 0;
}
