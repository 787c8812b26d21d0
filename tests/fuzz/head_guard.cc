// The guard of message heads: the same verdict for every split; a head that passes has no line that
// another parser could cut elsewhere.
#include "http/head_guard.h"

#include <optional>
#include <string>
#include <vector>

#include "base/check.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::http;

constexpr MessageLimits limits{.target_bytes_max = 40, .fields_bytes_max = 200, .fields_max = 5};

struct Verdict {
    std::optional<std::string> fault;
    std::size_t head_size = 0;  // 0: not complete

    bool operator==(const Verdict&) const = default;
};

Verdict guard(const std::vector<std::string_view>& pieces) {
    HeadGuard head(limits);
    std::string text;
    for (const std::string_view piece : pieces) {
        text += piece;
        for (;;) {
            const auto progress = head.advance(text);
            if (!progress) return {.fault = std::string(progress.error().description)};
            if (*progress == HeadGuard::Progress::need_more) break;
            if (*progress == HeadGuard::Progress::complete) return {.head_size = head.head_size()};
        }
    }
    return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::text_of(data, size);
    const Verdict whole = guard({input});
    for (std::uint64_t salt = 0; salt < 4; ++salt) CHECK(guard(fuzz::cut(input, salt)) == whole);
    if (whole.head_size == 0) return 0;
    CHECK(whole.head_size <= size, input);
    const std::string_view head = input.substr(0, whole.head_size);
    CHECK(head.ends_with("\r\n\r\n") || head == "\r\n", head);
    std::size_t lines = 0;
    for (std::size_t i = 0; i < head.size(); ++i) {
        const char c = head[i];
        if (c == '\n') CHECK(i > 0 && head[i - 1] == '\r' && ++lines > 0, head);
        if (c == '\r') CHECK(i + 1 < head.size() && head[i + 1] == '\n', head);
        CHECK(c != '\0', head);
    }
    CHECK(lines <= limits.fields_max + 2, head);
    return 0;
}
